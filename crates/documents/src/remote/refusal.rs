//! What a server says when it refuses a request.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::kind::Kind;
use super::page::element;

/// A refusal, without the parts of the answer in which there may be secrets.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// The number of the status.
    pub(super) status: u16,
    /// The status in words, such as `403 Forbidden`.
    name: String,
    /// The code of the store, such as `AccessDenied`.
    code: Option<String>,
    /// The region that the store names instead.
    region: Option<String>,
    /// How long the server asks to wait.
    pub(super) wait: Option<Duration>,
    /// Whether a list was asked for.
    is_list: bool,
}

impl Refusal {
    /// Reads the body of an answer.
    pub(super) fn new(status: &(impl fmt::Display + Copy + Into<u16>), body: &str, is_list: bool) -> Self {
        // Codes and regions are words. Anything else is not shown.
        let word = |name: &str| element(body, name).and_then(word);
        let expecting = || body.split_once("expecting ")?.1.split(['\'', '"']).nth(1).and_then(self::word);
        Self {
            status: (*status).into(),
            name: status.to_string(),
            code: word("Code"),
            region: word("Region").or_else(expecting),
            wait: None,
            is_list,
        }
    }

    /// Adds what headers say: the region of the bucket, and how long to wait.
    pub(super) fn with_headers(self, region: Option<&str>, wait: Option<&str>) -> Self {
        let wait = wait.and_then(waited);
        Self { region: region.and_then(word).or(self.region), wait, ..self }
    }

    /// Returns whether there is no such object.
    pub(super) fn is_missing(&self) -> bool {
        self.status == 404 && !self.is_list
    }

    /// Returns whether the code or the status says what is wrong.
    pub(super) fn has_remedy(&self) -> bool {
        self.remedy().is_some()
    }

    /// Says what was refused by a store of this kind, and what to do.
    pub(super) fn described(&self, kind: &Kind) -> String {
        match (self.remedy(), self.status) {
            (Some(remedy), _) => remedy,
            (None, 404) if self.is_list => {
                format!("there is no such bucket ({self}); check its name, and that of the server")
            }
            (None, 404) => format!("there is no such object{}", if_missing(kind)),
            (None, 403) if self.is_list => format!(
                "the server denies the list of objects ({self}); name each object by its own address, or use credentials that may list \
                 them (s3:ListBucket, storage.objects.list)"
            ),
            (None, 403) => format!("the server denies access ({self}); {}", credentials(kind)),
            (None, 401) => format!("the server wants credentials ({self}); {}", credentials(kind)),
            (None, 200 | 408 | 429 | 500..) => {
                format!("the server answers {self}; try later, or repeat requests for longer (TWINPRINT_RETRY_SECONDS)")
            }
            (None, _) => format!("the server answers {self}"),
        }
    }

    /// Says what to do about codes that say what is wrong.
    fn remedy(&self) -> Option<String> {
        if self.status == 301 && self.code.is_none() && self.region.is_none() {
            return Some("the bucket is in another region; name it with AWS_REGION".to_string());
        }
        let is_region = self.status == 301 && self.region.is_some();
        Some(match self.code.as_deref().unwrap_or_default() {
            "ExpiredToken" | "ExpiredTokenException" | "InvalidToken" | "TokenRefreshRequired" => format!(
                "the session token has expired or is not valid ({self}); get new credentials, and set AWS_ACCESS_KEY_ID, \
                 AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to them"
            ),
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" => format!(
                "the server does not know these credentials ({self}); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            ),
            "RequestTimeTooSkewed" | "RequestExpired" => {
                format!("the clock of this machine differs from that of the server ({self}); set it")
            }
            "InvalidObjectState" => format!(
                "the object is in an archive such as Glacier ({self}); restore it first: aws s3api restore-object"
            ),
            "NoSuchBucket" => format!("there is no such bucket ({self}); check its name, and that of the server"),
            code if is_region
                || ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"]
                    .contains(&code) =>
            {
                match &self.region {
                    Some(region) => format!("the bucket is in another region ({self}); set AWS_REGION={region}"),
                    None => format!("the bucket is in another region ({self}); name it with AWS_REGION"),
                }
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(code) = &self.code {
            write!(f, ", {code}")?;
        }
        match self.wait {
            Some(wait) => write!(f, ", with a wait of {} s", wait.as_secs()),
            None => Ok(()),
        }
    }
}

impl Error for Refusal {}

/// Returns a text if it is a word, as codes and regions are.
fn word(text: &str) -> Option<String> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    ((1..=40).contains(&text.len()) && text.bytes().all(is_word)).then(|| text.to_string())
}

/// Returns how long a server asks to wait, in seconds or until a time.
fn waited(header: &str) -> Option<Duration> {
    if let Ok(seconds) = header.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(header.trim()).ok()?;
    Duration::try_from(until.timestamp().duration_since(jiff::Timestamp::now())).ok()
}

fn if_missing(kind: &Kind) -> &'static str {
    match kind {
        Kind::S3(_) | Kind::Google(_) => ", nor one below that name",
        Kind::Web(_) => " (404 Not Found)",
        Kind::Hub(_) => " (404 Not Found); check the path, and set HF_TOKEN if the data set is private",
    }
}

/// Says where the credentials of a store come from.
pub(super) fn credentials(kind: &Kind) -> &'static str {
    match kind {
        Kind::S3(_) => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a public bucket; a missing object is \
             denied too where listing is"
        }
        Kind::Google(_) => {
            "set GOOGLE_SERVICE_ACCOUNT to the path of a key, or GOOGLE_SKIP_SIGNATURE=true for a public bucket"
        }
        Kind::Web(_) => "check the address, and whether the time of a signed one has run out",
        Kind::Hub(_) => "set HF_TOKEN to a token that may read the data set, and accept its terms on its page",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: &str, rest: &str) -> Refusal {
        Refusal::new(&status, &format!("<Error><Code>{code}</Code>{rest}</Error>"), false)
    }

    #[test]
    fn codes_have_remedies_and_secrets_are_not_shown() {
        let s3 = Kind::S3("bucket".into());
        for (status, code, rest, words) in [
            (400, "ExpiredToken", "<Token-0>secret</Token-0>", ["ExpiredToken", "AWS_SESSION_TOKEN"]),
            (
                400,
                "AuthorizationHeaderMalformed",
                "<Region>eu-west-1</Region>",
                ["another region", "AWS_REGION=eu-west-1"],
            ),
            (
                400,
                "AuthorizationHeaderMalformed",
                "<Message>the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message>",
                ["another region", "AWS_REGION=eu-west-1"],
            ),
            (301, "PermanentRedirect", "<Endpoint>secret</Endpoint>", ["another region", "name it with AWS_REGION"]),
            (403, "RequestTimeTooSkewed", "", ["RequestTimeTooSkewed", "clock"]),
            (403, "InvalidObjectState", "", ["InvalidObjectState", "restore"]),
            (403, "AccessDenied", "<HostId>secret</HostId>", ["403, AccessDenied", "AWS_ACCESS_KEY_ID"]),
            (
                403,
                "SignatureDoesNotMatch",
                "<StringToSign>secret</StringToSign>",
                ["SignatureDoesNotMatch", "AWS_SECRET"],
            ),
            (404, "NoSuchBucket", "", ["no such bucket", "NoSuchBucket"]),
            (503, "SlowDown", "", ["503, SlowDown", "try later"]),
            (403, "a secret of some kind", "", ["denies access", "(403)"]),
        ] {
            let said = refusal(status, code, rest).described(&s3);
            assert!(words.iter().all(|word| said.contains(word)) && !said.contains("secret"), "{code}: {said}");
        }
        let list = Refusal::new(&403_u16, "", true).described(&s3);
        assert!(list.contains("denies the list"), "{list}");
    }

    #[test]
    fn headers_say_how_long_to_wait() {
        let wait = |text| refusal(503, "SlowDown", "").with_headers(Some("eu-1"), Some(text)).wait;
        assert_eq!((wait("7"), wait("soon")), (Some(Duration::from_secs(7)), None));
        let later = jiff::Timestamp::now() + Duration::from_secs(90);
        let later = later.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert!(wait(&later).is_some_and(|wait| (80..=90).contains(&wait.as_secs())), "{later}");
        assert_eq!(wait("Sat, 01 Nov 2025 00:00:00 GMT"), None, "it is over");
    }
}
