//! Connections to stores.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::gcp::{GoogleCloudStorage, GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::{HttpBuilder, HttpStore};
use object_store::list::PaginatedListStore;
use object_store::{ClientConfigKey, ClientOptions, HeaderMap, HeaderValue, ObjectStore, RetryConfig};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::address::Address;
use super::faults::NetworkFault;
use super::kind::Kind;
use super::patience::{Patience, retry_time};
use super::service::Connector;

/// A store, and of which kind it is.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) kind: Kind,
    client: Client,
    /// The time for which requests are repeated.
    retry_time: Duration,
    runtime: &'static Runtime,
}

/// A connection of the library.
#[derive(Debug)]
enum Client {
    S3(AmazonS3),
    Google(GoogleCloudStorage),
    Web(HttpStore),
}

/// The stores of a corpus, each with one set of connections.
#[derive(Debug, Default)]
pub(crate) struct Stores(HashMap<Kind, Arc<Store>>);

/// The time within which the next bytes must come, and a request as a whole, which ends when the object does. The variables of the
/// environment that the library knows, such as `AWS_READ_TIMEOUT`, come first.
const TIMEOUTS: [(ClientConfigKey, &str); 2] =
    [(ClientConfigKey::ReadTimeout, "30 seconds"), (ClientConfigKey::Timeout, "30 days")];

impl Stores {
    /// Returns the store of an address.
    pub(super) fn open(&mut self, address: &Address) -> Result<Arc<Store>, NetworkFault> {
        if let Some(store) = self.0.get(address.kind()) {
            return Ok(Arc::clone(store));
        }
        let store = Arc::new(Store::open(address.kind())?);
        self.0.insert(address.kind().clone(), Arc::clone(&store));
        Ok(store)
    }
}

impl Store {
    fn open(kind: &Kind) -> Result<Self, NetworkFault> {
        let runtime = runtime()?;
        let retry_time = retry_time().map_err(NetworkFault::new)?;
        let client = match kind {
            Kind::S3(bucket) => s3(bucket, retry_time).map(Client::S3),
            Kind::Google(bucket) => google(bucket, retry_time).map(Client::Google),
            Kind::Web(url) => web(url, HeaderMap::new(), retry_time).map(Client::Web),
            Kind::Hub(url) => web(url, token()?, retry_time).map(Client::Web),
        };
        let client = client.map_err(|error| NetworkFault::from_store(&error, kind))?;
        Ok(Self { kind: kind.clone(), client, retry_time, runtime })
    }

    pub(super) fn client(&self) -> &dyn ObjectStore {
        match &self.client {
            Client::S3(client) => client,
            Client::Google(client) => client,
            Client::Web(client) => client,
        }
    }

    /// Returns what lists objects; web servers do not.
    pub(super) fn lists(&self) -> Option<&dyn PaginatedListStore> {
        match &self.client {
            Client::S3(client) => Some(client),
            Client::Google(client) => Some(client),
            Client::Web(_) => None,
        }
    }

    /// Begins to repeat what failed.
    pub(super) fn patience(&self) -> Patience {
        Patience::new(self.retry_time)
    }

    /// Waits for an answer.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.block_on(answer)
    }

    /// Waits for an answer, and describes an error.
    pub(super) fn ask<T>(&self, answer: impl Future<Output = object_store::Result<T>>) -> Result<T, NetworkFault> {
        self.wait(answer).map_err(|error| NetworkFault::from_store(&error, &self.kind))
    }
}

/// Returns the threads that wait for the network. One is enough, because it computes nothing.
fn runtime() -> Result<&'static Runtime, NetworkFault> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        // An error says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("network").enable_all().build();
        runtime.map_err(|error| error.to_string())
    });
    runtime.as_ref().map_err(|error| NetworkFault::new(format!("no thread for the network: {error}")))
}

/// Leaves it to the [`Connector`] to repeat requests.
fn no_retries() -> RetryConfig {
    RetryConfig { max_retries: 0, ..RetryConfig::default() }
}

/// Returns whether the environment sets an option of a client.
fn is_set(prefix: &str, key: ClientConfigKey) -> bool {
    std::env::var_os(format!("{prefix}_{}", key.as_ref().to_ascii_uppercase())).is_some()
}

fn s3(bucket: &str, time: Duration) -> object_store::Result<AmazonS3> {
    let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    let mut builder = builder.with_retry(no_retries()).with_http_connector(Connector(time));
    for (key, value) in TIMEOUTS.into_iter().filter(|(key, _)| !is_set("AWS", *key)) {
        builder = builder.with_config(AmazonS3ConfigKey::Client(key), value);
    }
    builder.build()
}

fn google(bucket: &str, time: Duration) -> object_store::Result<GoogleCloudStorage> {
    let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket);
    let mut builder = builder.with_retry(no_retries()).with_http_connector(Connector(time));
    for (key, value) in TIMEOUTS.into_iter().filter(|(key, _)| !is_set("GOOGLE", *key)) {
        builder = builder.with_config(GoogleConfigKey::Client(key), value);
    }
    builder.build()
}

fn web(url: &Url, headers: HeaderMap, time: Duration) -> object_store::Result<HttpStore> {
    let mut options = ClientOptions::new().with_allow_http(url.scheme() == "http").with_default_headers(headers);
    for (key, value) in TIMEOUTS {
        options = options.with_config(key, value);
    }
    let builder = HttpBuilder::new().with_url(url.as_str()).with_client_options(options);
    builder.with_retry(no_retries()).with_http_connector(Connector(time)).build()
}

/// Returns the header that authorizes the reader at Hugging Face, if `HF_TOKEN` is set.
fn token() -> Result<HeaderMap, NetworkFault> {
    let mut headers = HeaderMap::new();
    if let Some(token) = std::env::var("HF_TOKEN").ok().filter(|token| !token.is_empty()) {
        let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
        let mut value = value.map_err(|_| NetworkFault::new("HF_TOKEN has characters that no token has"))?;
        value.set_sensitive(true);
        headers.insert("authorization", value);
    }
    Ok(headers)
}
