//! Tokens for MSK with IAM: a signed URL that names us, good for 15 minutes.

use std::error::Error;
use std::time::Duration;

use aws_config::Region;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_msk_iam_sasl_signer::generate_auth_token_from_credentials_provider;
use rdkafka::client::OAuthToken;

/// Longest that credentials are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A token for the brokers of `region`, signed with the process's credentials.
/// Blocks: for librdkafka's own thread only.
///
/// # Errors
/// When there are no credentials or they do not come in time; librdkafka asks again.
pub(crate) fn token(region: &str) -> Result<OAuthToken, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Lambda puts them there.
        let credentials = EnvironmentVariableCredentialsProvider::new();
        let signed = sign(
            Region::new(region.to_owned()),
            SharedCredentialsProvider::new(credentials),
        );
        tokio::time::timeout(PATIENCE, signed).await?
    })
}

async fn sign(
    region: Region,
    credentials: SharedCredentialsProvider,
) -> Result<OAuthToken, Box<dyn Error>> {
    let (token, expires_ms) =
        generate_auth_token_from_credentials_provider(region, credentials).await?;
    Ok(OAuthToken {
        token,
        principal_name: String::new(),
        lifetime_ms: expires_ms,
    })
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

    use super::*;

    #[tokio::test]
    async fn a_token_is_a_signed_url_of_the_region_that_never_holds_the_secret_key() {
        let credentials = Credentials::new("AKIDEXAMPLE", "the-secret-key", None, None, "test");
        let token = sign(
            Region::new("eu-central-1"),
            SharedCredentialsProvider::new(credentials),
        )
        .await
        .expect("signs");
        let url = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(&token.token).expect("base64"))
            .expect("text");
        assert!(url.starts_with(
            "https://kafka.eu-central-1.amazonaws.com/?Action=kafka-cluster%3AConnect"
        ));
        assert!(url.contains("X-Amz-Credential=AKIDEXAMPLE") && url.contains("X-Amz-Signature="));
        assert!(!url.contains("the-secret-key"));
        assert!(token.lifetime_ms > 0);
    }
}
