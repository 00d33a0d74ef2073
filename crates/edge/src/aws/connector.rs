//! The AWS clients' way to HTTP: reqwest, which calls everything else too. One stack of HTTP and TLS in a function is
//! less to load than two (docs/adr/0012-what-a-function-carries.md).

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;

/// What a client of the SDK sends its requests with: one pool of connections for all that share it, HTTP/1.1 (all that
/// DynamoDB and Secrets Manager speak), no redirects. A connection is waited for at most `connect`, whatever the
/// client's own settings say; the limits of attempts and operations stay the SDK's.
///
/// # Panics
/// When TLS cannot be set up, which no request would survive.
#[must_use]
pub fn http_client(connect: Duration) -> SharedHttpClient {
    over(client(connect))
}

/// The client below.
pub(super) fn client(connect: Duration) -> reqwest::Client {
    reqwest::Client::builder()
        .connect_timeout(connect)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("TLS is compiled in")
}

/// The SDK's view of it.
pub(super) fn over(client: reqwest::Client) -> SharedHttpClient {
    SharedHttpClient::new(Reqwest(client))
}

#[derive(Debug, Clone)]
struct Reqwest(reqwest::Client);

impl HttpClient for Reqwest {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Reqwest {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?
                .map(reqwest::Body::wrap);
            let request = reqwest::Request::try_from(request)
                .map_err(|error| ConnectorError::user(error.into()))?;
            let answer = client.execute(request).await.map_err(classified)?;
            HttpResponse::try_from(http::Response::from(answer).map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// What kind of failure it is, by which the SDK decides whether to try again: a request that could not be made is not
/// repeated, whatever happened on the wire is.
fn classified(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        ConnectorError::user(error.into())
    } else if error.is_connect() || has_io(&error) {
        ConnectorError::io(error.into())
    } else {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    }
}

fn has_io(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.is::<std::io::Error>() {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
