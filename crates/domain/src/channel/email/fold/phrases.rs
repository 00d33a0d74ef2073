//! What mail programs write before a quote or as a signature, in the languages they speak.

/// The line of ours above which an answer is to be written.
const REPLY_ABOVE: &str = "reply above this line";

/// Starts and verbs of attributions: a line is one if it starts so and has the verb further on. An empty
/// start is any.
const ATTRIBUTIONS: &[(&str, &str)] = &[
    ("on ", "wrote"),
    ("", "> wrote"),
    ("am ", "schrieb"),
    ("le ", "a écrit"),
    ("el ", "escribió"),
    ("il ", "ha scritto"),
    ("em ", "escreveu"),
    ("a ", "escreveu"),
    ("no dia ", "escreveu"),
    ("op ", "schreef"),
    ("", "napisał"),
    ("", "pisze"),
    ("den ", "skrev"),
    ("på ", "skrev"),
    ("on ", "skrev"),
];

/// Whether a line that ends with a colon introduces a quote. It has a date or an address, as the
/// sentence "On reflection, she wrote:" has not.
pub(super) fn is_attribution(line: &str) -> bool {
    let lower = line.to_lowercase().replace(['\u{A0}', '\u{202F}'], " ");
    let has_date = lower.contains(|c: char| c.is_ascii_digit());
    if !has_date && !lower.contains('@') {
        return false;
    }
    let is_latin = ATTRIBUTIONS.iter().any(|(start, verb)| {
        let rest = lower.strip_prefix(start);
        rest.is_some_and(|rest| rest.contains(verb))
    });
    is_latin || is_east_asian(&lower)
}

/// `2024年1月5日(金) 10:00 Ann <ann@example.com>:` and `Ann <ann@example.com> 于2024年1月5日周五 10:00写道：`.
fn is_east_asian(line: &str) -> bool {
    let has_date = line.contains('年') && line.contains('月') && line.contains('日');
    let verbs = [
        "写道",
        "寫道",
        "书きました",
        "書きました",
        "のメール",
        "님이 작성",
    ];
    has_date && (line.contains('@') || verbs.iter().any(|verb| line.contains(verb)))
        || verbs.iter().any(|verb| line.contains(verb))
}

/// Whether a line is ours that says where to answer.
pub(super) fn asks_to_reply_above(line: &str) -> bool {
    line.len() < 200 && line.to_lowercase().contains(REPLY_ABOVE)
}

/// Starts of the lines that phones and programs sign with.
const DEVICE_SIGNATURES: &[&str] = &[
    "sent from my ",
    "sent from mail for ",
    "sent from outlook",
    "sent from yahoo",
    "sent from proton",
    "sent from gmail",
    "sent via ",
    "sent with proton",
    "get outlook for ",
    "von meinem ",
    "gesendet von ",
    "gesendet mit ",
    "diese nachricht wurde von meinem ",
    "holen sie sich outlook",
    "envoyé de mon ",
    "envoyé depuis ",
    "envoyé à partir de ",
    "obtenez outlook",
    "enviado desde ",
    "enviado de mi ",
    "obtener outlook",
    "enviado do meu ",
    "enviado de meu ",
    "enviado a partir d",
    "inviato da ",
    "inviato dal ",
    "verzonden vanaf ",
    "verstuurd vanaf ",
    "wysłane z ",
    "wysłano z ",
    "skickat från ",
    "sendt fra ",
    "发自我的",
    "從我的",
];

/// Whether a line is a signature of a device.
pub(super) fn is_device_signature(line: &str) -> bool {
    if line.chars().nth(100).is_some() {
        return false;
    }
    let lower = line.to_lowercase();
    let lower = lower.trim_start_matches(['*', '_', '[', '<']);
    let is_own = |start: &&str| {
        // "Von meinem Bruder habe ich …" is no signature.
        lower.starts_with(*start) && (*start != "von meinem " || lower.contains("gesendet"))
    };
    DEVICE_SIGNATURES.iter().any(is_own) || lower.ends_with("から送信")
}
