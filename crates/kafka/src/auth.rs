//! Tokens for MSK with IAM: a signed URL that names us, good for 15 minutes.

use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use rdkafka::client::OAuthToken;
use url::Url;

/// Longest that credentials are waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a broker takes a token (AWS MSK IAM SASL signers, all of them).
const VALID: Duration = Duration::from_secs(900);

/// A token for the brokers of `region`, signed with the process's credentials.
/// Blocks: for librdkafka's own thread only.
///
/// # Errors
/// When there are no credentials or they do not come in time; librdkafka asks again.
pub(crate) fn token(region: &str) -> Result<OAuthToken, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let credentials = runtime.block_on(async {
        // Lambda puts them there.
        let provider = EnvironmentVariableCredentialsProvider::new();
        tokio::time::timeout(PATIENCE, provider.provide_credentials())
            .await?
            .map_err(Box::<dyn Error>::from)
    })?;
    signed(region, credentials, SystemTime::now())
}

/// What a broker of MSK expects as OAUTHBEARER: the URL-safe base64 of a presigned `kafka-cluster:Connect` on the
/// region's endpoint, followed by who made it (github.com/aws/aws-msk-iam-sasl-signer-rs, whose crate brings two more
/// HTTP stacks and STS: the tests hold this against it).
fn signed(
    region: &str,
    credentials: Credentials,
    now: SystemTime,
) -> Result<OAuthToken, Box<dyn Error>> {
    let mut url = Url::parse(&format!("https://kafka.{region}.amazonaws.com"))?;
    url.query_pairs_mut()
        .append_pair("Action", "kafka-cluster:Connect");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(VALID);
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("kafka-cluster")
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let request = SignableRequest::new(
        "GET",
        url.as_str(),
        std::iter::empty(),
        SignableBody::Bytes(&[]),
    )?;
    let (signature, _) = sign(request, &params)?.into_parts();
    for (name, value) in signature.params() {
        url.query_pairs_mut().append_pair(name, value);
    }
    url.query_pairs_mut().append_pair(
        "User-Agent",
        concat!("tributary/", env!("CARGO_PKG_VERSION")),
    );
    let expires = now.duration_since(UNIX_EPOCH)? + VALID;
    Ok(OAuthToken {
        token: BASE64_URL_SAFE_NO_PAD.encode(url.as_str()),
        principal_name: String::new(),
        lifetime_ms: i64::try_from(expires.as_millis())?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_config::Region;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_msk_iam_sasl_signer::generate_auth_token_from_credentials_provider;

    use super::*;

    fn credentials() -> Credentials {
        let session = Some("session/+token=".to_owned());
        Credentials::new("AKIDEXAMPLE", "the-secret-key", session, None, "test")
    }

    fn url_of(token: &str) -> Url {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).expect("base64");
        Url::parse(&String::from_utf8(bytes).expect("text")).expect("a URL")
    }

    #[test]
    fn a_token_is_a_signed_url_of_the_region_that_never_holds_the_secret_key() {
        let now = UNIX_EPOCH + Duration::from_secs(1_750_000_000);
        let token = signed("eu-central-1", credentials(), now).expect("signs");
        let url = url_of(&token.token);
        assert!(url.as_str().starts_with(
            "https://kafka.eu-central-1.amazonaws.com/?Action=kafka-cluster%3AConnect"
        ));
        assert!(!url.as_str().contains("the-secret-key"));
        assert_eq!(token.lifetime_ms, 1_750_000_900_000);
    }

    /// The official signer takes the time from the clock, so it is asked until both were made in the same second.
    #[tokio::test]
    async fn a_token_is_the_same_as_the_official_signers_but_for_who_made_it() {
        let without_maker = |token: &str| {
            let url = url_of(token);
            let mut pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
            assert!(pairs.remove("User-Agent").is_some());
            (
                url.host_str().map(str::to_owned),
                url.path().to_owned(),
                pairs,
            )
        };
        for _ in 0..20 {
            let (official, expires_ms) = generate_auth_token_from_credentials_provider(
                Region::new("eu-central-1"),
                SharedCredentialsProvider::new(credentials()),
            )
            .await
            .expect("signs");
            let ours = signed("eu-central-1", credentials(), SystemTime::now()).expect("signs");
            if ours.lifetime_ms / 1000 == expires_ms / 1000 {
                assert_eq!(without_maker(&ours.token), without_maker(&official));
                return;
            }
        }
        panic!("twenty times the second passed between two signatures");
    }
}
