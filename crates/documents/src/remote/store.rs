//! Connections to stores.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::{ClientConfigKey, ClientOptions, HeaderMap, HeaderValue, ObjectStore, RetryConfig};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::address::Address;
use super::faults::NetworkFault;
use super::kind::Kind;

/// A store, and of which kind it is.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) kind: Kind,
    client: Box<dyn ObjectStore>,
    runtime: &'static Runtime,
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
        let client = match kind {
            Kind::S3(bucket) => s3(bucket),
            Kind::Google(bucket) => google(bucket),
            Kind::Web(url) => web(url, HeaderMap::new()),
            Kind::Hub(url) => web(url, token()?),
        };
        let client = client.map_err(|error| NetworkFault::from_store(&error, kind))?;
        Ok(Self { kind: kind.clone(), client, runtime })
    }

    pub(super) fn client(&self) -> &dyn ObjectStore {
        &*self.client
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

/// Asks a few times again, within a minute.
fn retries() -> RetryConfig {
    RetryConfig { max_retries: 6, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() }
}

/// Returns whether the environment sets an option of a client.
fn is_set(prefix: &str, key: ClientConfigKey) -> bool {
    std::env::var_os(format!("{prefix}_{}", key.as_ref().to_ascii_uppercase())).is_some()
}

fn s3(bucket: &str) -> object_store::Result<Box<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retries());
    for (key, value) in TIMEOUTS.into_iter().filter(|(key, _)| !is_set("AWS", *key)) {
        builder = builder.with_config(AmazonS3ConfigKey::Client(key), value);
    }
    Ok(Box::new(builder.build()?))
}

fn google(bucket: &str) -> object_store::Result<Box<dyn ObjectStore>> {
    let mut builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(retries());
    for (key, value) in TIMEOUTS.into_iter().filter(|(key, _)| !is_set("GOOGLE", *key)) {
        builder = builder.with_config(GoogleConfigKey::Client(key), value);
    }
    Ok(Box::new(builder.build()?))
}

fn web(url: &Url, headers: HeaderMap) -> object_store::Result<Box<dyn ObjectStore>> {
    let mut options = ClientOptions::new().with_allow_http(url.scheme() == "http").with_default_headers(headers);
    for (key, value) in TIMEOUTS {
        options = options.with_config(key, value);
    }
    let builder = HttpBuilder::new().with_url(url.as_str()).with_client_options(options).with_retry(retries());
    Ok(Box::new(builder.build()?))
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
