//! Sends requests, again and again if need be, and checks the answers.
//!
//! The library repeats requests too, but not for as long as a server asks, and it drops what a refusal says.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};

use super::page::{self, BadPage};
use super::patience::Patience;
use super::refusal::Refusal;

/// The time for which a server is asked that cannot be reached and has never answered: its address may be wrong.
const FIRST_CONTACT: Duration = Duration::from_secs(5);

/// The servers that give credentials to machines in a cloud. Elsewhere there are none.
pub(super) const OF_CREDENTIALS: [&str; 3] = ["169.254.169.254", "169.254.170.2", "metadata.google.internal"];

/// The bytes of a refusal that are read.
const MAX_REFUSAL: usize = 1 << 16;

/// Makes clients that repeat requests for this time.
#[derive(Debug)]
pub(super) struct Connector(pub(super) Duration);

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Repeating { client, time: self.0, has_answered: AtomicBool::new(false) }))
    }
}

/// A client that repeats requests.
#[derive(Debug)]
struct Repeating {
    client: HttpClient,
    time: Duration,
    has_answered: AtomicBool,
}

/// Why a request failed.
struct Failure {
    error: HttpError,
    /// Whether it may succeed later.
    is_passing: bool,
    /// How long the server asks to wait.
    wait: Option<Duration>,
}

impl HttpService for Repeating {
    fn call<'life0, 'async_trait>(
        &'life0 self,
        request: HttpRequest,
    ) -> BoxFuture<'async_trait, Result<HttpResponse, HttpError>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.ask(request))
    }
}

impl Repeating {
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut patience = Patience::new(self.time);
        if is_of_credentials(&request) {
            patience.at_most(FIRST_CONTACT);
        }
        loop {
            let failure = match self.client.execute(request.clone()).await {
                Ok(answer) => {
                    self.has_answered.store(true, Ordering::Relaxed);
                    match checked(&request, answer).await {
                        Ok(answer) => return Ok(answer),
                        Err(failure) => failure,
                    }
                }
                Err(error) => Failure::of_connection(error),
            };
            if failure.error.kind() == HttpErrorKind::Connect && !self.has_answered.load(Ordering::Relaxed) {
                patience.at_most(FIRST_CONTACT);
            }
            match patience.pause(failure.wait).filter(|_| failure.is_passing) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure.error),
            }
        }
    }
}

impl Failure {
    fn of_connection(error: HttpError) -> Self {
        let is_passing = matches!(
            error.kind(),
            HttpErrorKind::Connect | HttpErrorKind::Request | HttpErrorKind::Timeout | HttpErrorKind::Interrupted
        );
        Self { error, is_passing, wait: None }
    }

    fn of_answer(error: impl Error + Send + Sync + 'static, is_passing: bool, wait: Option<Duration>) -> Self {
        Self { error: HttpError::new(HttpErrorKind::Unknown, error), is_passing, wait }
    }
}

fn is_of_credentials(request: &HttpRequest) -> bool {
    request.uri().host().is_some_and(|host| OF_CREDENTIALS.contains(&host))
}

/// Takes an answer if it is what was asked for.
async fn checked(request: &HttpRequest, answer: HttpResponse) -> Result<HttpResponse, Failure> {
    let query = request.uri().query().unwrap_or_default();
    let is_list = page::is_list(query);
    let status = answer.status();
    if !status.is_success() {
        // The library finds out by such refusals how the servers of credentials are asked.
        if is_of_credentials(request) && status.is_client_error() {
            return Ok(answer);
        }
        let is_passing = status.is_server_error() || [408, 429].contains(&status.as_u16());
        let refusal = refused(answer, is_list).await;
        let wait = refusal.wait;
        return Err(Failure::of_answer(refusal, is_passing, wait));
    }
    if !is_list {
        return Ok(answer);
    }
    let (parts, body) = answer.into_parts();
    let bytes = body.bytes().await.map_err(Failure::of_connection)?;
    let xml = String::from_utf8_lossy(&bytes);
    match page::check(&xml, query) {
        Ok(()) => Ok(HttpResponse::from_parts(parts, bytes.into())),
        Err(BadPage::Error) => Err(Failure::of_answer(Refusal::new(&parts.status, &xml, is_list), true, None)),
        Err(BadPage::Cut) => {
            Err(Failure::of_answer(WrongPage("the server cuts its list of objects off; try later"), true, None))
        }
        Err(BadPage::Wrong(why)) => Err(Failure::of_answer(WrongPage(why), false, None)),
    }
}

/// Reads what a refusal says.
async fn refused(answer: HttpResponse, is_list: bool) -> Refusal {
    let (parts, body) = answer.into_parts();
    let (mut body, mut bytes) = (body.bytes_stream(), Vec::new());
    while bytes.len() < MAX_REFUSAL
        && let Some(Ok(part)) = body.next().await
    {
        bytes.extend_from_slice(&part);
    }
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let refusal = Refusal::new(&parts.status, &String::from_utf8_lossy(&bytes), is_list);
    refusal.with_headers(header("x-amz-bucket-region"), header("retry-after"))
}

/// Says what is wrong with a page of a list.
#[derive(Debug)]
pub(super) struct WrongPage(&'static str);

impl fmt::Display for WrongPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for WrongPage {}
