//! The block of headers that Outlook puts before a quote, and the line that announces an original mail.

/// Most lines that are looked at to know a block by.
const BLOCK_LINES: usize = 6;
/// Fewest characters of a line across the page.
const RULE_CHARS: usize = 10;

const FROM: &[&str] = &[
    "from",
    "von",
    "de",
    "da",
    "van",
    "fra",
    "från",
    "od",
    "差出人",
    "发件人",
    "寄件者",
    "寄件人",
];
const SENT: &[&str] = &[
    "sent",
    "date",
    "gesendet",
    "datum",
    "envoyé",
    "date d'envoi",
    "enviado",
    "enviado el",
    "enviada em",
    "fecha",
    "inviato",
    "data",
    "verzonden",
    "sendt",
    "dato",
    "skickat",
    "wysłano",
    "data wysłania",
    "送信日時",
    "日時",
    "发送时间",
    "日期",
    "傳送時間",
    "寄件日期",
];
const OTHER: &[&str] = &[
    "to",
    "subject",
    "an",
    "betreff",
    "à",
    "objet",
    "para",
    "asunto",
    "assunto",
    "a",
    "oggetto",
    "aan",
    "onderwerp",
    "til",
    "emne",
    "till",
    "ämne",
    "do",
    "temat",
    "宛先",
    "件名",
    "收件人",
    "主题",
    "主旨",
    "cc",
    "kopie",
    "kopia",
];

const ORIGINAL: &[&str] = &[
    "original message",
    "original-nachricht",
    "originalnachricht",
    "ursprüngliche nachricht",
    "ursprüngliche mail",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "original meddelelse",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "ursprungligt meddelande",
    "originalmeddelande",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "original appointment",
    "元のメッセージ",
    "原始邮件",
    "原始郵件",
    "邮件原件",
];

/// `-----Original Message-----`: what it says between dashes.
pub(super) fn announces_original(line: &str) -> bool {
    let is_dash = |c: char| matches!(c, '-' | '–' | '—' | '_');
    if !line.starts_with(is_dash) || !line.ends_with(is_dash) {
        return false;
    }
    let text = line.trim_matches(|c: char| is_dash(c) || c.is_whitespace());
    let text = text.to_lowercase().replace('’', "'");
    ORIGINAL.contains(&text.as_str())
}

/// Whether a line is only a rule.
pub(super) fn is_rule(line: &str) -> bool {
    line.len() >= RULE_CHARS && line.chars().all(|c| c == '_' || c == '-')
}

/// Whether a block as `From: … Sent: … To: … Subject: …` starts with the first of these lines.
pub(super) fn starts_header_block(lines: &[&str]) -> bool {
    let is_from = lines
        .first()
        .and_then(|line| label(line))
        .is_some_and(|l| FROM.contains(&l.as_str()));
    if !is_from {
        return false;
    }
    let rest = lines[1..].iter().filter(|line| !line.trim().is_empty());
    let labels: Vec<String> = rest
        .take(BLOCK_LINES)
        .filter_map(|line| label(line))
        .collect();
    let has = |names: &[&str]| labels.iter().any(|label| names.contains(&label.as_str()));
    has(SENT) && has(OTHER)
}

/// What stands before a line's colon, without signs of bold type.
fn label(line: &str) -> Option<String> {
    let start = crate::content::start_bytes(line, 60);
    let (label, _) = start.split_once([':', '：'])?;
    let label = label.trim_matches(|c: char| c.is_whitespace() || c == '*');
    Some(label.to_lowercase().replace('’', "'"))
}
