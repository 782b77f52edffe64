//! Addresses, taken apart.

use std::path::PathBuf;

use url::Url;

use super::faults::NetworkFault;
use super::kind::Kind;

/// The server of Hugging Face, unless `HF_ENDPOINT` names another.
const HUB: &str = "https://huggingface.co";

/// An address that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The address as it is shown, and from which ids are made: without a password, a query or a fragment.
    shown: String,
    /// The part of `shown` before the key, with a slash at its end.
    base: String,
    kind: Kind,
    /// The path of the object in its store.
    key: String,
}

type Faulty = (PathBuf, NetworkFault);

impl Address {
    /// Takes an address apart, or returns `None` if the text has none of the schemes.
    pub(super) fn parse(text: &str) -> Option<Result<Self, Faulty>> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        Some(match scheme.as_str() {
            "s3" | "s3a" => Self::in_bucket(text, rest, Kind::S3),
            "gs" => Self::in_bucket(text, rest, Kind::Google),
            "http" | "https" => Self::on_web(text),
            "hf" => Self::on_hub(text, rest),
            _ => return None,
        })
    }

    fn in_bucket(text: &str, rest: &str, kind: fn(String) -> Kind) -> Result<Self, Faulty> {
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            let fault = NetworkFault::new("the address names no bucket; write it as s3://BUCKET/PATH");
            return Err((text.into(), fault));
        }
        let base = text[..text.len() - rest.len()].to_string() + bucket + "/";
        Ok(Self { shown: text.to_string(), base, kind: kind(bucket.to_string()), key: key.to_string() })
    }

    fn on_web(text: &str) -> Result<Self, Faulty> {
        let shown_anyway = PathBuf::from(without_secrets(text));
        let url = Url::parse(text)
            .map_err(|error| (shown_anyway.clone(), NetworkFault::new(format!("this is no address: {error}"))))?;
        let key = decoded(url.path()).ok_or_else(|| (shown_anyway, NetworkFault::new("the path is not UTF-8")))?;
        let key = key.trim_start_matches('/').to_string();
        let mut server = url.clone();
        server.set_path("");
        server.set_fragment(None);
        let mut shown = url;
        // A server without a name has no password either.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.set_query(None);
        shown.set_fragment(None);
        let base = shown[..url::Position::BeforePath].to_string() + "/";
        Ok(Self { shown: base.clone() + &key, base, kind: Kind::Web(server), key })
    }

    /// Takes apart `hf://datasets/OWNER/NAME/PATH`, with an optional revision as in `NAME@REVISION`.
    fn on_hub(text: &str, rest: &str) -> Result<Self, Faulty> {
        let bad = |what: String| (PathBuf::from(text), NetworkFault::new(what));
        let usage = "write it as hf://datasets/OWNER/NAME/PATH, or hf://datasets/OWNER/NAME@REVISION/PATH";
        let parts: Vec<_> = rest.splitn(4, '/').collect();
        let [kind @ "datasets", owner, name, path] = parts[..] else {
            return Err(bad(format!("the address names no file of a data set; {usage}")));
        };
        let (name, revision) = name.split_once('@').unwrap_or((name, "main"));
        // Revisions that the hub makes itself have slashes in their names.
        let (revision, key) = match path.split('/').collect::<Vec<_>>()[..] {
            [second, third, ref key @ ..] if revision == "refs" => (format!("refs/{second}/{third}"), key.join("/")),
            _ => (revision.replace("%2F", "/"), path.to_string()),
        };
        if [owner, name, revision.as_str(), key.as_str()].contains(&"") {
            return Err(bad(format!("the address names no file of a data set; {usage}")));
        }
        let server = std::env::var("HF_ENDPOINT").ok().filter(|server| !server.is_empty());
        let server = server.as_deref().unwrap_or(HUB);
        let mut url = Url::parse(server).map_err(|error| bad(format!("HF_ENDPOINT is no address: {error}")))?;
        match url.path_segments_mut() {
            Ok(mut segments) => {
                segments.pop_if_empty().extend([kind, owner, name, "resolve", &revision]);
            }
            Err(()) => return Err(bad("HF_ENDPOINT is no address of a server".to_string())),
        }
        let base = text[..text.len() - key.len()].to_string();
        Ok(Self { shown: text.to_string(), base, kind: Kind::Hub(url), key })
    }

    /// Returns the address for messages and ids.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(&self.shown)
    }

    /// Returns the address, for messages and ids, of another object of the store.
    pub(super) fn path_of(&self, key: &str) -> PathBuf {
        PathBuf::from(self.base.clone() + key)
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.kind
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Returns whether the store can list its objects.
    pub(super) fn has_listing(&self) -> bool {
        matches!(self.kind, Kind::S3(_) | Kind::Google(_))
    }

    /// Returns whether the address names a bucket, or ends as the name of a folder does.
    pub(super) fn is_folder(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }

    /// Returns the key if it has wildcards. In the addresses of web servers a question mark begins the query.
    pub(super) fn pattern(&self) -> Option<&str> {
        let wildcards = match self.has_listing() {
            true => &['*', '?', '[', '{'][..],
            false => &['*'],
        };
        Some(self.key.as_str()).filter(|key| key.contains(wildcards))
    }
}

/// Cuts off whatever may be secret in a text that is no address.
fn without_secrets(text: &str) -> &str {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    if text.contains('@') { "the address" } else { text }
}

/// Undoes the percent-encoding of a path.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) if byte == b'%' => {
                bytes.push(value);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, String> {
        let parsed = Address::parse(text).expect("a scheme that is read");
        parsed.map_err(|(path, fault)| format!("{}: {fault}", path.display()))
    }

    #[test]
    fn addresses_are_taken_apart() {
        let address = parse("s3://bucket/a b/c%20d.jsonl").expect("it is an address");
        assert_eq!((address.kind(), address.key()), (&Kind::S3("bucket".into()), "a b/c%20d.jsonl"));
        assert_eq!(address.path_of("x/y"), PathBuf::from("s3://bucket/x/y"));
        for (text, is_folder, pattern) in [
            ("gs://bucket", true, None),
            ("gs://bucket/a/", true, None),
            ("S3://bucket/a/*.jsonl", false, Some("a/*.jsonl")),
            ("s3://bucket/a/{b,c}.jsonl", false, Some("a/{b,c}.jsonl")),
            ("https://host/a%5B1%5D.jsonl", false, None),
        ] {
            let address = parse(text).expect("it is an address");
            assert_eq!((address.is_folder(), address.pattern()), (is_folder, pattern), "{text}");
        }
        assert!(Address::parse("news/a.jsonl").is_none() && Address::parse("ftp://host/a").is_none());
        assert!(parse("s3:///a").expect_err("it is refused").contains("no bucket"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let address =
            parse("https://me:secret@host:8080/a%20b/c.jsonl?signature=secret#secret").expect("it is an address");
        assert_eq!(address.path(), PathBuf::from("https://host:8080/a b/c.jsonl"));
        let Kind::Web(server) = address.kind() else { panic!("{address:?}") };
        assert_eq!(server.as_str(), "https://me:secret@host:8080/?signature=secret");
        let error = parse("https://me:secret@host:port/a?signature=secret").expect_err("it is refused");
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn files_of_the_hub_have_web_addresses() {
        for (text, expected) in [
            ("hf://datasets/me/news/data/a.parquet", "me/news/resolve/main"),
            ("hf://datasets/me/news@v1/data/a.parquet", "me/news/resolve/v1"),
            ("hf://datasets/me/news@refs/convert/parquet/data/a.parquet", "me/news/resolve/refs%2Fconvert%2Fparquet"),
            ("hf://datasets/me/news@refs%2Fpr%2F1/data/a.parquet", "me/news/resolve/refs%2Fpr%2F1"),
        ] {
            let address = parse(text).expect("it is an address");
            let Kind::Hub(url) = address.kind() else { panic!("{address:?}") };
            assert_eq!(url.path(), format!("/datasets/{expected}"));
            assert_eq!((address.key(), address.path()), ("data/a.parquet", PathBuf::from(text)));
        }
        for text in ["hf://datasets/me/news", "hf://me/model/a.txt", "hf://datasets/me/news/", "hf://datasets//news/a"]
        {
            assert!(parse(text).expect_err("it is refused").contains("hf://datasets/OWNER/NAME/PATH"), "{text}");
        }
    }
}
