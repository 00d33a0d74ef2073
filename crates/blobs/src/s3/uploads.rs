//! The port [`Uploads`] on S3: browsers post files straight into the bucket. Source: Amazon S3 API reference,
//! "Browser-based uploads using POST (AWS Signature Version 4)".

use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::CONTENT_RANGE;
use serde_json::json;
use tributary_domain::Timestamp;
use tributary_domain::ports::{PortError, UploadForm, Uploaded, Uploads};

use super::{S3Blobs, Store};

/// How much of a file is read to tell its type.
const START: &str = "bytes=0-4095";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What signs a form.
struct Signer<'a> {
    access_key: &'a str,
    secret_key: &'a str,
    token: Option<&'a str>,
    region: &'a str,
}

/// The fields of a form that lets a file of 1 to `most_bytes` be put under `key` until `expires_at`.
fn fields(
    signer: &Signer<'_>,
    (bucket, key): (&str, &str),
    most_bytes: u64,
    now: Timestamp,
    expires_at: Timestamp,
) -> Vec<(String, String)> {
    let seconds = now.to_string();
    // 2026-11-26T16:00:00.000Z as 20261126T160000Z
    let stamp: String = seconds
        .split('.')
        .next()
        .unwrap_or_default()
        .replace(['-', ':'], "")
        + "Z";
    let day = stamp.get(..8).unwrap_or_default();
    let scope = format!(
        "{}/{day}/{}/s3/aws4_request",
        signer.access_key, signer.region
    );
    let mut fields = vec![
        ("key", key.to_owned()),
        ("x-amz-algorithm", ALGORITHM.to_owned()),
        ("x-amz-credential", scope),
        ("x-amz-date", stamp),
    ];
    fields.extend(
        signer
            .token
            .map(|token| ("x-amz-security-token", token.to_owned())),
    );
    let mut conditions = vec![
        json!({"bucket": bucket}),
        json!(["content-length-range", 1, most_bytes]),
    ];
    conditions.extend(fields.iter().map(|(name, value)| json!({*name: value})));
    let policy = json!({"expiration": expires_at.to_string(), "conditions": conditions});
    let policy = BASE64_STANDARD.encode(policy.to_string());
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_seconds().unsigned_abs());
    let signing_key = generate_signing_key(signer.secret_key, at, signer.region, "s3");
    let signature = calculate_signature(signing_key, policy.as_bytes());
    fields.push(("policy", policy));
    fields.push(("x-amz-signature", signature));
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

impl Uploads for S3Blobs {
    async fn upload_form(
        &self,
        key: &str,
        most_bytes: u64,
        now: Timestamp,
        valid: Duration,
    ) -> Result<UploadForm, PortError> {
        let store = self.store().await?;
        let credentials = store.credentials().await?;
        let signer = Signer {
            access_key: credentials.key(),
            secret_key: credentials.secret(),
            token: credentials.token(),
            region: store.bucket().region(),
        };
        let place = (self.bucket.as_str(), key);
        Ok(UploadForm {
            url: store.bucket().base_url().to_string(),
            fields: fields(&signer, place, most_bytes, now, now.plus(valid)),
        })
    }

    async fn look(&self, key: &str) -> Result<Option<Uploaded>, PortError> {
        let Some(answer) = self.object(key, Some(START)).await? else {
            return Ok(None);
        };
        // `bytes 0-4095/12345`; what fits into the range may come without.
        let range = answer.headers().get(CONTENT_RANGE);
        let whole = range.and_then(|range| range.to_str().ok()?.rsplit('/').next());
        let size = whole.and_then(|size| size.parse().ok());
        let start = Store::read(answer).await?;
        Ok(Some(Uploaded {
            size: size.unwrap_or(start.len() as u64),
            start: start.into(),
        }))
    }

    async fn copy(&self, from: &str, to: &str) -> Result<(), PortError> {
        Ok(self.duplicate(from, to).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the API reference, "Example: Browser-Based Upload using HTTP POST (Using AWS Signature
    /// Version 4)": its policy signs to this.
    #[test]
    fn a_policy_is_signed_as_amazon_signs_its_example() {
        let policy = concat!(
            "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6",
            "ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFj",
            "bCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tl",
            "dC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5",
            "cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZl",
            "ci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoN",
            "CiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVx",
            "dWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAx",
            "NTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9",
        );
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_451_347_200);
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let key = generate_signing_key(secret, at, "us-east-1", "s3");
        let signature = calculate_signature(key, policy.as_bytes());
        let expected = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e";
        assert_eq!(signature, expected);
    }

    #[test]
    fn a_form_names_all_that_its_policy_binds() {
        let signer = Signer {
            access_key: "AKIA",
            secret_key: "secret",
            token: Some("session"),
            region: "eu-central-1",
        };
        let now = Timestamp::parse("2026-11-26T16:00:00Z").expect("a time");
        let until = Timestamp::parse("2026-11-26T16:15:00Z").expect("a time");
        let fields = fields(&signer, ("blobs", "uploads/a"), 7, now, until);
        let of = |name: &str| {
            let found = fields.iter().find(|(n, _)| n == name);
            found.map(|(_, value)| value.as_str()).expect("the field")
        };
        assert_eq!(
            of("x-amz-credential"),
            "AKIA/20261126/eu-central-1/s3/aws4_request"
        );
        assert_eq!(of("x-amz-date"), "20261126T160000Z");
        let policy = BASE64_STANDARD.decode(of("policy")).expect("base64");
        let policy: serde_json::Value = serde_json::from_slice(&policy).expect("JSON");
        assert_eq!(policy["expiration"], "2026-11-26T16:15:00.000Z");
        let conditions = policy["conditions"].as_array().expect("a list");
        for (name, value) in fields
            .iter()
            .filter(|(n, _)| n != "policy" && n != "x-amz-signature")
        {
            assert!(conditions.contains(&json!({name: value})), "{name}");
        }
        assert!(conditions.contains(&json!(["content-length-range", 1, 7])));
        assert!(conditions.contains(&json!({"bucket": "blobs"})));
        assert!(fields.iter().all(|(_, value)| !value.contains("secret")));
    }
}
