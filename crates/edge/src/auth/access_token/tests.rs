//! Which tokens are refused, and how often the keys are asked for.

use super::*;
use crate::aws::tests::aws_at;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::sync::LazyLock;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const NOW: i64 = 1_700_000_000;
const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";

/// Two key pairs of the pool and one that is not the pool's, made for this run.
static KEYS: LazyLock<[EncodingKey; 3]> = LazyLock::new(|| {
    std::array::from_fn(|_| {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key pair");
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).expect("its DER");
        // The PKCS#1 key inside: a 2048-bit key's PKCS#8 envelope is 26 bytes.
        EncodingKey::from_rsa_der(&der.as_ref()[26..])
    })
});

fn jwk(key: &EncodingKey, kid: &str) -> Jwk {
    let mut jwk = Jwk::from_encoding_key(key, Algorithm::RS256).expect("a JWK");
    jwk.common.key_id = Some(kid.to_owned());
    jwk.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Signature);
    jwk
}

fn two_keys() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(json!({"keys": [jwk(&KEYS[0], "one"), jwk(&KEYS[1], "two")]}))
}

async fn serve(server: &MockServer, answer: ResponseTemplate) {
    server.reset().await;
    Mock::given(path("/jwks.json"))
        .respond_with(answer)
        .mount(server)
        .await;
}

async fn pool() -> (MockServer, AccessTokens) {
    let server = MockServer::start().await;
    serve(&server, two_keys()).await;
    let settings = CognitoSettings {
        issuer: ISSUER.to_owned(),
        jwks_url: format!("{}/jwks.json", server.uri()),
        client_id: "client".to_owned(),
        user_pool_id: "us-east-1_pool".to_owned(),
    };
    let tokens = AccessTokens::new(settings, aws_at(&server.uri()));
    (server, tokens)
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "a-sub", "token_use": "access", "client_id": "client", "exp": NOW + 60,
        "username": "agent", "cognito:groups": ["Agents"], "scope": "aws.cognito.signin.user.admin",
    })
}

fn signed(claims: &Value, kid: &str, key: &EncodingKey) -> String {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(kid.to_owned());
    encode(&header, claims, key).expect("a token")
}

async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.expect("recorded").len()
}

#[tokio::test]
async fn a_token_of_either_key_is_accepted_and_the_keys_are_fetched_once() {
    let (server, tokens) = pool().await;
    for (kid, key) in [("one", &KEYS[0]), ("two", &KEYS[1]), ("one", &KEYS[0])] {
        let verified = tokens
            .verify(&signed(&claims(), kid, key), NOW)
            .await
            .expect("accepted");
        assert_eq!(verified.sub, "a-sub");
        assert_eq!(verified.username, "agent");
        assert_eq!(verified.groups, ["Agents"]);
    }
    assert_eq!(asked(&server).await, 1);
}

#[tokio::test]
async fn a_user_without_groups_has_an_empty_list() {
    let (_server, tokens) = pool().await;
    let mut claims = claims();
    claims
        .as_object_mut()
        .expect("an object")
        .remove("cognito:groups");
    let verified = tokens.verify(&signed(&claims, "one", &KEYS[0]), NOW).await;
    assert_eq!(verified.expect("accepted").groups, Vec::<String>::new());
}

#[tokio::test]
async fn each_wrong_claim_is_refused() {
    let (_server, tokens) = pool().await;
    let cases = [
        (
            "iss",
            json!("https://cognito-idp.us-east-1.amazonaws.com/other"),
            Refusal::Issuer,
        ),
        ("token_use", json!("id"), Refusal::Use),
        ("client_id", json!("other"), Refusal::Client),
        ("client_id", Value::Null, Refusal::Client),
        ("exp", json!(NOW - 30), Refusal::Expired),
        ("exp", json!(NOW - 10), Refusal::Expired),
        ("exp", json!("tomorrow"), Refusal::Malformed),
        ("sub", Value::Null, Refusal::Malformed),
        ("username", Value::Null, Refusal::Malformed),
    ];
    for (name, value, refusal) in cases {
        let mut claims = claims();
        claims[name] = value;
        let outcome = tokens.verify(&signed(&claims, "one", &KEYS[0]), NOW).await;
        assert_eq!(outcome, Err(AccessTokenError::Refused(refusal)), "{name}");
    }
    let mut just_expired = claims();
    just_expired["exp"] = json!(NOW - 9);
    assert!(
        tokens
            .verify(&signed(&just_expired, "one", &KEYS[0]), NOW)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let (server, tokens) = pool().await;
    let refused = |refusal| Err(AccessTokenError::Refused(refusal));
    let foreign = signed(&claims(), "one", &KEYS[2]);
    assert_eq!(
        tokens.verify(&foreign, NOW).await,
        refused(Refusal::Signature)
    );
    let swapped = signed(&claims(), "two", &KEYS[0]);
    assert_eq!(
        tokens.verify(&swapped, NOW).await,
        refused(Refusal::Signature)
    );

    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("one".to_owned());
    let symmetric = encode(&header, &claims(), &EncodingKey::from_secret(b"one")).expect("a token");
    assert_eq!(
        tokens.verify(&symmetric, NOW).await,
        refused(Refusal::Algorithm)
    );
    let rs512 = encode(
        &Header {
            kid: Some("one".to_owned()),
            ..Header::new(Algorithm::RS512)
        },
        &claims(),
        &KEYS[0],
    );
    assert_eq!(
        tokens.verify(&rs512.expect("a token"), NOW).await,
        refused(Refusal::Algorithm)
    );

    let no_kid = encode(&Header::new(Algorithm::RS256), &claims(), &KEYS[0]).expect("a token");
    assert_eq!(
        tokens.verify(&no_kid, NOW).await,
        refused(Refusal::UnknownKey)
    );
    // {"alg":"none","kid":"one"}
    let unsigned = "eyJhbGciOiJub25lIiwia2lkIjoib25lIn0.e30.";
    for junk in ["", "a.b.c", "e30.e30.", unsigned] {
        assert_eq!(
            tokens.verify(junk, NOW).await,
            refused(Refusal::Malformed),
            "{junk}"
        );
    }
    assert_eq!(asked(&server).await, 1);
}

#[tokio::test]
async fn a_flood_of_unknown_key_ids_asks_once_in_30_seconds() {
    let (server, tokens) = pool().await;
    let known = signed(&claims(), "one", &KEYS[0]);
    tokens.verify(&known, NOW - 100).await.expect("accepted");
    // The first fetch was one; an unknown key id causes the second, and the third 30 s later.
    for (after_s, fetches) in [(0, 2), (29, 2), (30, 3)] {
        for number in 0..50 {
            let token = signed(&claims(), &format!("unknown-{number}"), &KEYS[2]);
            let outcome = tokens.verify(&token, NOW + after_s).await;
            assert_eq!(outcome, Err(AccessTokenError::Refused(Refusal::UnknownKey)));
        }
        assert_eq!(asked(&server).await, fetches, "{after_s}");
    }
}

#[tokio::test]
async fn a_new_key_of_the_pool_is_found_without_waiting_for_the_hour() {
    let (server, tokens) = pool().await;
    tokens
        .verify(&signed(&claims(), "one", &KEYS[0]), NOW - 60)
        .await
        .expect("accepted");
    serve(
        &server,
        ResponseTemplate::new(200).set_body_json(json!({"keys": [jwk(&KEYS[2], "three")]})),
    )
    .await;
    tokens
        .verify(&signed(&claims(), "three", &KEYS[2]), NOW)
        .await
        .expect("accepted");
}

#[tokio::test]
async fn callers_at_once_cause_one_fetch() {
    let (server, tokens) = pool().await;
    let token = signed(&claims(), "one", &KEYS[0]);
    let all = futures::future::join_all((0..20).map(|_| tokens.verify(&token, NOW))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(asked(&server).await, 1);
}

#[tokio::test]
async fn without_keys_the_pool_being_away_is_ours_and_with_keys_they_go_on_proving() {
    let (server, tokens) = pool().await;
    let token = signed(&claims(), "one", &KEYS[0]);
    serve(&server, ResponseTemplate::new(500)).await;
    assert_eq!(
        tokens.verify(&token, NOW).await,
        Err(AccessTokenError::Unavailable)
    );
    serve(
        &server,
        ResponseTemplate::new(200).set_body_string("not json"),
    )
    .await;
    assert_eq!(
        tokens.verify(&token, NOW + 5).await,
        Err(AccessTokenError::Unavailable)
    );
    serve(&server, two_keys()).await;
    tokens.verify(&token, NOW + 10).await.expect("accepted");
    serve(&server, ResponseTemplate::new(500)).await;
    let mut later = claims();
    later["exp"] = json!(NOW + 9000);
    tokens
        .verify(&signed(&later, "one", &KEYS[0]), NOW + 7200)
        .await
        .expect("accepted");
    let unknown = tokens
        .verify(&signed(&later, "unknown", &KEYS[2]), NOW + 7200)
        .await;
    assert_eq!(unknown, Err(AccessTokenError::Refused(Refusal::UnknownKey)));
}

#[tokio::test]
async fn keys_for_other_uses_prove_nothing() {
    let (server, tokens) = pool().await;
    let mut encryption = jwk(&KEYS[0], "one");
    encryption.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Encryption);
    let symmetric = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "two"});
    serve(
        &server,
        ResponseTemplate::new(200).set_body_json(json!({"keys": [encryption, symmetric]})),
    )
    .await;
    for kid in ["one", "two"] {
        let outcome = tokens.verify(&signed(&claims(), kid, &KEYS[0]), NOW).await;
        assert_eq!(
            outcome,
            Err(AccessTokenError::Refused(Refusal::UnknownKey)),
            "{kid}"
        );
    }
}
