//! A web server on this machine that acts as stores do, and as they should not.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// An object, and how the server answers when it is asked for.
#[derive(Clone, Default)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    /// The header `ETag`.
    pub(crate) tag: Option<String>,
    /// Answers with the whole object even where a part is asked for.
    pub(crate) lacks_ranges: bool,
    /// Closes this number of connections in the middle of what was asked for.
    pub(crate) cuts: usize,
    /// Answers this number of times with this status.
    pub(crate) refusals: (usize, u16),
    /// The code in the body of these answers.
    pub(crate) code: Option<&'static str>,
    /// The header `Retry-After` of these answers.
    pub(crate) retry_after: Option<u64>,
    /// Waits this number of times in the middle of what was asked for, longer than the reader does.
    pub(crate) stalls: usize,
    /// Replaces the object after this number of answers.
    pub(crate) changes_after: Option<usize>,
    /// Leads to this path instead.
    pub(crate) redirect: Option<String>,
    /// Refuses requests without this header.
    pub(crate) authorization: Option<&'static str>,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) target: String,
    pub(crate) range: Option<(u64, Option<u64>)>,
    pub(crate) authorization: Option<String>,
    pub(crate) at: Instant,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    requests: Vec<Request>,
}

/// A running server. It ends with the process.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = Self { address, state: Arc::default() };
        let own = server.clone();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let own = own.clone();
                // A reader that has enough closes its side, which is no error of the server.
                thread::spawn(move || drop(own.answer(connection)));
            }
        });
        server
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Stores an object at a path such as `bucket/a.jsonl`.
    pub(crate) fn put(&self, path: &str, object: Object) {
        self.state().objects.insert(path.to_string(), object);
    }

    pub(crate) fn put_bytes(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.put(path, tagged(bytes));
    }

    /// Returns what was asked for since the last call.
    pub(crate) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state().requests)
    }

    fn answer(&self, mut connection: TcpStream) -> std::io::Result<()> {
        let request = read_request(&connection)?;
        self.state().requests.push(request.clone());
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let path = decoded(path.trim_start_matches('/'));
        if query.contains("list-type=2") {
            let bucket = path.trim_end_matches('/');
            match bucket {
                "refused-403" => return refuse(&mut connection, "403 Forbidden", "AccessDenied", None),
                "refused-404" => return refuse(&mut connection, "404 Not Found", "AccessDenied", None),
                _ => {}
            }
            let list = faulty(bucket, query, self.list(bucket, query));
            return write!(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{list}",
                list.len()
            );
        }
        let found = self.state().objects.get_mut(&path).map(|object| {
            let answered = object.clone();
            object.cuts = object.cuts.saturating_sub(1);
            object.stalls = object.stalls.saturating_sub(1);
            object.refusals.0 = object.refusals.0.saturating_sub(1);
            match &mut object.changes_after {
                Some(0) => *object = tagged(object.bytes.to_ascii_uppercase()),
                Some(left) => *left -= 1,
                None => {}
            }
            if object.changes_after.is_none() && answered.changes_after.is_some() { object.clone() } else { answered }
        });
        match found {
            None => refuse(&mut connection, "404 Not Found", "NoSuchKey", None),
            Some(object) => send(&mut connection, &request, &object),
        }
    }

    /// Returns a page of two keys below a prefix.
    fn list(&self, bucket: &str, query: &str) -> String {
        let values: HashMap<_, _> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let value = |name| values.get(name).map(|value| decoded(value)).unwrap_or_default();
        let (prefix, after) = (value("prefix"), value("continuation-token"));
        let state = self.state();
        let keys = state
            .objects
            .iter()
            .filter_map(|(path, object)| Some((path.strip_prefix(bucket)?.strip_prefix('/')?, object)));
        let mut page: Vec<_> =
            keys.filter(|(key, _)| key.starts_with(&prefix) && *key > after.as_str()).take(3).collect();
        let next = if page.len() > 2 { page.pop().map(|_| page[1].0) } else { None };
        let mut xml = "<?xml version=\"1.0\"?><ListBucketResult>".to_string();
        for (key, object) in page {
            let (tag, size) = (object.tag.clone().unwrap_or_default(), object.bytes.len());
            let time = "2026-01-01T00:00:00.000Z";
            write!(xml, "<Contents><Key>{key}</Key><LastModified>{time}</LastModified><ETag>{tag}</ETag><Size>{size}</Size></Contents>").unwrap();
        }
        if let Some(next) = next {
            write!(xml, "<NextContinuationToken>{next}</NextContinuationToken>").unwrap();
        }
        write!(xml, "<IsTruncated>{}</IsTruncated></ListBucketResult>", next.is_some()).unwrap();
        xml
    }
}

/// An object with a tag that follows from its bytes, as most stores have it.
pub(crate) fn tagged(bytes: impl Into<Vec<u8>>) -> Object {
    let bytes = bytes.into();
    let sum = bytes.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    Object { bytes, tag: Some(format!("\"{sum:x}\"")), ..Object::default() }
}

fn read_request(connection: &TcpStream) -> std::io::Result<Request> {
    let mut lines = BufReader::new(connection).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let mut request = Request {
        target: first.split(' ').nth(1).unwrap_or_default().to_string(),
        range: None,
        authorization: None,
        at: Instant::now(),
    };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "range" => {
                let (start, end) = value.strip_prefix("bytes=").and_then(|range| range.split_once('-')).unwrap();
                request.range = Some((start.parse().unwrap(), end.parse().ok()));
            }
            "authorization" => request.authorization = Some(value.to_string()),
            _ => {}
        }
    }
    Ok(request)
}

/// Makes of a list what a faulty server sends, in buckets that are named for the fault.
fn faulty(bucket: &str, query: &str, list: String) -> String {
    let is_later = query.contains("continuation-token=");
    let without = |from: &str, to: &str| match (list.find(from), list.find(to)) {
        (Some(start), Some(end)) => list[..start].to_string() + &list[end + to.len()..],
        _ => list.clone(),
    };
    match bucket {
        "truncated" => without("<NextContinuationToken>", "</NextContinuationToken>"),
        "error" if is_later => "<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>".to_string(),
        "login" if is_later => "<!DOCTYPE html><html>please log in</html>".to_string(),
        "cut" if is_later => list[..list.len() / 2].to_string(),
        "twice" if is_later => list.replace("2.jsonl", "1.jsonl"),
        _ => list,
    }
}

fn refuse(connection: &mut TcpStream, status: &str, code: &str, retry_after: Option<u64>) -> std::io::Result<()> {
    let body =
        format!("<Error><Code>{code}</Code><Region>eu-west-1</Region><AWSAccessKeyId>secret</AWSAccessKeyId></Error>");
    let length = body.len();
    let wait = retry_after.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default();
    write!(connection, "HTTP/1.1 {status}\r\n{wait}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

fn send(connection: &mut TcpStream, request: &Request, object: &Object) -> std::io::Result<()> {
    if let (1.., status) = object.refusals {
        let name = match status {
            301 => "Moved Permanently",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        };
        return refuse(connection, &format!("{status} {name}"), object.code.unwrap_or("Refused"), object.retry_after);
    }
    if object.authorization.is_some() && object.authorization != request.authorization.as_deref() {
        return refuse(connection, "401 Unauthorized", "Refused", None);
    }
    if let Some(path) = &object.redirect {
        return write!(
            connection,
            "HTTP/1.1 302 Found\r\nLocation: /{path}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    }
    let size = object.bytes.len() as u64;
    let (mut head, part) = match request.range.filter(|_| !object.lacks_ranges) {
        Some((start, _)) if start >= size => {
            return refuse(connection, "416 Range Not Satisfiable", "InvalidRange", None);
        }
        Some((start, end)) => {
            let end = end.map_or(size, |end| (end + 1).min(size));
            let head = format!("206 Partial Content\r\nContent-Range: bytes {start}-{}/{size}\r\n", end - 1);
            (head, start..end)
        }
        None => ("200 OK\r\n".to_string(), 0..size),
    };
    if let Some(tag) = &object.tag {
        write!(head, "ETag: {tag}\r\n").unwrap();
    }
    let bytes = &object.bytes[usize::try_from(part.start).unwrap()..usize::try_from(part.end).unwrap()];
    let time = "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
    let length = bytes.len();
    write!(connection, "HTTP/1.1 {head}{time}Content-Length: {length}\r\nConnection: close\r\n\r\n")?;
    let (first, second) = bytes.split_at(length / 2);
    connection.write_all(first)?;
    if object.cuts > 0 {
        return Ok(());
    }
    if object.stalls > 0 {
        thread::sleep(Duration::from_secs(3));
    }
    connection.write_all(second)
}

/// Undoes the percent-encoding of paths and queries.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        (rest, bytes) = match (first, code) {
            (b'%', Some(code)) => (&after[2..], [bytes, vec![code]].concat()),
            _ => (after, [bytes, vec![*first]].concat()),
        };
    }
    String::from_utf8(bytes).unwrap()
}
