use http::HeaderValue;
use proptest::prelude::*;

use super::*;

const BODY: &[u8] = b"--xYzZY\r\n\xe9\r\n--xYzZY--";
const TIMESTAMP: &str = "1793000000";

fn headers(signature: &str, timestamp: &str) -> HeaderMap {
    let value = |text| HeaderValue::from_str(text).expect("a header");
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE_HEADER, value(signature));
    headers.insert(TIMESTAMP_HEADER, value(timestamp));
    headers
}

fn signer() -> (Signer, String) {
    let signer = Signer::generate().expect("a key");
    let public_key = signer.public_key().expect("its public half");
    (signer, public_key)
}

/// A mail as SendGrid posts it, the signature made for it, and the key that it was made with.
fn vector() -> (HeaderMap, Vec<u8>, String) {
    let vectors = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/vectors/sendgrid_inbound_signed"
    );
    let body = std::fs::read(format!("{vectors}.multipart")).expect("the vector is there");
    let lines = std::fs::read_to_string(format!("{vectors}.headers")).expect("the vector is there");
    let of = |name: &str| {
        let line = lines.lines().find_map(|l| l.strip_prefix(name));
        line.expect("the header is there").to_owned()
    };
    let signature = of("X-Twilio-Email-Event-Webhook-Signature: ");
    let timestamp = of("X-Twilio-Email-Event-Webhook-Timestamp: ");
    (
        headers(&signature, &timestamp),
        body,
        of("X-Test-Public-Key: "),
    )
}

#[test]
fn the_mail_of_the_vector_is_proven_as_it_came() {
    let (headers, body, key) = vector();
    assert_eq!(verify(&headers, &body, &key), Ok(()));
    assert_eq!(verify(&headers, &body, &format!(" {key}\n")), Ok(()));
    for changed in [&body[1..], &body[..body.len() - 1], b""] {
        let verdict = verify(&headers, changed, &key);
        assert_eq!(verdict, Err(Unproven::InvalidSignature));
    }
}

#[test]
fn another_key_or_another_timestamp_does_not_prove() {
    let (headers_of_vector, body, key) = vector();
    let (signer, other) = signer();
    let verdict = verify(&headers_of_vector, &body, &other);
    assert_eq!(verdict, Err(Unproven::InvalidSignature));
    let mut later = headers_of_vector;
    later.insert(TIMESTAMP_HEADER, HeaderValue::from_static("1793000001"));
    let verdict = verify(&later, &body, &key);
    assert_eq!(verdict, Err(Unproven::InvalidSignature));

    let signature = signer.sign(TIMESTAMP, &body).expect("signed");
    let own = headers(&signature, TIMESTAMP);
    assert_eq!(verify(&own, &body, &other), Ok(()));
    // Where the timestamp ends and the body begins is not signed, but both are as they came.
    let shifted = headers(&signature, "17930000001");
    let verdict = verify(&shifted, &body, &other);
    assert_eq!(verdict, Err(Unproven::InvalidSignature));
}

#[test]
fn a_header_that_is_missing_doubled_or_malformed_proves_nothing() {
    let (signer, key) = signer();
    let good = signer.sign(TIMESTAMP, BODY).expect("signed");
    let unproven = |headers: &HeaderMap| {
        let verdict = verify(headers, BODY, &key);
        assert_eq!(verdict, Err(Unproven::InvalidSignature));
    };
    let both = headers(&good, TIMESTAMP);
    for name in [SIGNATURE_HEADER, TIMESTAMP_HEADER] {
        let mut without = both.clone();
        without.remove(name);
        unproven(&without);
        let mut twice = both.clone();
        twice.append(name, both[name].clone());
        unproven(&twice);
    }
    let bytes = STANDARD.decode(&good).expect("base64");
    let url_safe = base64::engine::general_purpose::URL_SAFE.encode([0xfb, 0xff]);
    for signature in [
        "",
        "%",
        &good[..good.len() - 4],
        &STANDARD.encode(&bytes[1..]),
        &STANDARD.encode([&bytes[..], &[0]].concat()),
        &format!("sha256={good}"),
        &url_safe,
    ] {
        unproven(&headers(signature, TIMESTAMP));
    }
    unproven(&headers(&good, ""));
    assert_eq!(verify(&both, BODY, &key), Ok(()));
}

#[test]
fn what_is_no_key_is_our_fault_and_not_the_senders() {
    let (signer, key) = signer();
    let signature = signer.sign(TIMESTAMP, BODY).expect("signed");
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----");
    for key in ["", "%", &key[4..], &pem, "MTIzNA=="] {
        let verdict = verify(&headers(&signature, TIMESTAMP), BODY, key);
        assert_eq!(verdict, Err(Unproven::UnusableKey), "{key}");
    }
}

/// Order of the group of P-256 (SEC 2, section 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// `r` and `s` of a DER signature, 32 bytes each.
fn numbers(der: &[u8]) -> [[u8; 32]; 2] {
    let mut rest = &der[2..];
    [(); 2].map(|()| {
        let length = usize::from(rest[1]);
        let (digits, after) = rest[2..].split_at(length);
        rest = after;
        let digits = &digits[length.saturating_sub(32)..];
        let mut number = [0; 32];
        number[32 - digits.len()..].copy_from_slice(digits);
        number
    })
}

fn der(numbers: [[u8; 32]; 2]) -> Vec<u8> {
    let mut content = Vec::new();
    for number in numbers {
        let start = number.iter().position(|&b| b != 0).unwrap_or(31);
        let mut digits = number[start..].to_vec();
        if digits[0] >= 0x80 {
            digits.insert(0, 0);
        }
        content.extend([2, u8::try_from(digits.len()).expect("short")]);
        content.extend(digits);
    }
    let length = u8::try_from(content.len()).expect("short");
    [&[0x30, length][..], &content].concat()
}

/// The order less `s`.
fn mirrored(s: [u8; 32]) -> [u8; 32] {
    let mut borrow = 0;
    let mut less = [0; 32];
    for i in (0..32).rev() {
        let left = i16::from(ORDER[i]) - i16::from(s[i]) - borrow;
        borrow = i16::from(left < 0);
        less[i] = u8::try_from(left.rem_euclid(256)).expect("a byte");
    }
    less
}

/// ECDSA takes `s` and `n - s` alike and SendGrid does not say that it keeps to the lower one, so both
/// must do: nothing here counts on a signature being the only one for its body.
#[test]
fn a_high_and_a_low_s_are_both_right() {
    let (headers_of_vector, body, key) = vector();
    let given = headers_of_vector[SIGNATURE_HEADER].to_str().expect("text");
    let bytes = STANDARD.decode(given).expect("base64");
    let [r, s] = numbers(&bytes);
    assert_eq!(der([r, s]), bytes);
    let other = STANDARD.encode(der([r, mirrored(s)]));
    assert_ne!(other, given);
    let mut mirrored = headers_of_vector.clone();
    mirrored.insert(
        SIGNATURE_HEADER,
        HeaderValue::from_str(&other).expect("a header"),
    );
    assert_eq!(verify(&mirrored, &body, &key), Ok(()));
}

#[test]
fn numbers_that_no_signature_has_prove_nothing() {
    let (_, key) = signer();
    let one = {
        let mut one = [0; 32];
        one[31] = 1;
        one
    };
    for numbers in [[[0; 32]; 2], [ORDER, ORDER], [one, ORDER], [[0; 32], one]] {
        let signature = STANDARD.encode(der(numbers));
        let verdict = verify(&headers(&signature, TIMESTAMP), BODY, &key);
        assert_eq!(verdict, Err(Unproven::InvalidSignature));
    }
}

proptest! {
    #[test]
    fn no_header_body_or_key_makes_it_panic_or_passes(
        signature in "[ -~]{0,120}", timestamp in "[ -~]{0,20}", raw in proptest::collection::vec(any::<u8>(), 0..64), key in ".*"
    ) {
        let (_, good) = signer();
        let headers = headers(&signature, &timestamp);
        prop_assert_eq!(verify(&headers, &raw, &good), Err(Unproven::InvalidSignature));
        prop_assert!(verify(&headers, &raw, &key).is_err());
    }

    #[test]
    fn a_changed_bit_is_refused(raw in proptest::collection::vec(any::<u8>(), 1..64), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let (signer, key) = signer();
        let headers = headers(&signer.sign(TIMESTAMP, &raw).expect("signed"), TIMESTAMP);
        let mut changed = raw.clone();
        changed[at.index(raw.len())] ^= 1 << bit;
        prop_assert_eq!(verify(&headers, &changed, &key), Err(Unproven::InvalidSignature));
        prop_assert_eq!(verify(&headers, &raw, &key), Ok(()));
    }
}
