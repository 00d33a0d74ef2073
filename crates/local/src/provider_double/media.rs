//! Files as the platforms give them: WhatsApp by id and token, the others at an address.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::graph::{Refusal, is_version};

/// The files there are.
const FILES: [(&str, &str, &[u8]); 5] = [
    (
        "picture.png",
        "image/png",
        include_bytes!("../../assets/picture.png"),
    ),
    (
        "sticker.webp",
        "image/webp",
        include_bytes!("../../assets/sticker.webp"),
    ),
    (
        "voice.ogg",
        "audio/ogg",
        include_bytes!("../../assets/voice.ogg"),
    ),
    (
        "clip.mp4",
        "video/mp4",
        include_bytes!("../../assets/clip.mp4"),
    ),
    (
        "receipt.pdf",
        "application/pdf",
        include_bytes!("../../assets/receipt.pdf"),
    ),
];

fn file(name: &str) -> Option<&'static (&'static str, &'static str, &'static [u8])> {
    FILES.iter().find(|(known, ..)| *known == name)
}

/// `GET /sandbox/media/{name}`.
pub(super) async fn bytes(Path(name): Path<String>) -> Response {
    match file(&name) {
        Some((_, mime_type, bytes)) => ([(CONTENT_TYPE, *mime_type)], *bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /{version}/{media-id}`: where a file of WhatsApp's is, for who has shown the token.
pub(super) fn lookup(version: &str, id: &str, headers: &HeaderMap) -> Response {
    let name = id.strip_prefix("media-").filter(|_| is_version(version));
    let Some((name, mime_type, bytes)) = name.and_then(file) else {
        return Refusal::unknown_object().into_response();
    };
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    Json(json!({
        "messaging_product": "whatsapp",
        "url": format!("http://{host}/sandbox/media/{name}"),
        "mime_type": mime_type,
        "sha256": STANDARD.encode(Sha256::digest(bytes)),
        "file_size": bytes.len(),
        "id": id,
    }))
    .into_response()
}
