//! What may be in HTML that is shown.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, Url, UrlRelative};

/// The class of what quotes another mail.
pub(super) const QUOTE: &str = "mail-quote";
/// Start of an image's source: it is a file of ours.
pub(super) const ATTACHMENT: &str = "attachment:";

/// Elements that have no content.
pub(super) const VOID: [&str; 4] = ["br", "hr", "img", "wbr"];
/// Elements that make up tables.
pub(super) const TABLE: [&str; 8] = [
    "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
];
/// Elements on lines of their own, but for those of tables.
pub(super) const BLOCK: [&str; 28] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "ul",
    "nav",
];
/// Elements within lines. None is read as raw text and none is of SVG or MathML, so that no parser can
/// read the result differently.
pub(super) const INLINE: [&str; 33] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "tt", "u", "var", "wbr", "time",
];
/// Elements that may carry [`QUOTE`].
pub(super) const QUOTABLE: [&str; 5] = ["blockquote", "div", "hr", "span", "table"];

/// The attributes of an element, apart from what links and images point to.
pub(super) fn attributes(element: &str) -> &'static [&'static str] {
    match element {
        "a" => &["title"],
        "img" => &["alt", "title", "width", "height"],
        "table" => &[
            "align",
            "bgcolor",
            "border",
            "cellpadding",
            "cellspacing",
            "dir",
            "width",
        ],
        "tr" => &["align", "bgcolor", "valign"],
        "td" | "th" => &[
            "align", "bgcolor", "colspan", "dir", "height", "nowrap", "rowspan", "valign", "width",
        ],
        "font" => &["color", "face", "size"],
        "ol" => &["reversed", "start", "type"],
        "ul" => &["type"],
        "li" => &["type", "value"],
        "hr" => &["align", "size", "width"],
        "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => &["align", "dir"],
        "span" | "bdo" | "bdi" | "blockquote" => &["dir"],
        "abbr" | "acronym" | "dfn" => &["title"],
        _ => &[],
    }
}

/// A link's target, if it may be followed.
pub(super) fn link(target: &str) -> Option<&str> {
    let target = target.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let (scheme, rest) = target.split_once(':')?;
    let allowed = ["http", "https", "mailto", "tel"];
    let is_allowed = allowed.iter().any(|a| scheme.eq_ignore_ascii_case(a));
    let is_sound = !rest.is_empty() && !target.contains(char::is_control);
    (is_allowed && is_sound && Url::parse(target).is_ok()).then_some(target)
}

static POLICY: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let elements = || BLOCK.iter().chain(&INLINE).chain(&TABLE).copied();
    let own = elements().map(|element| {
        let more = match element {
            "a" => &["href"][..],
            "img" => &["src"],
            _ => &[],
        };
        let all = attributes(element).iter().chain(more).copied();
        (element, all.collect::<HashSet<_>>())
    });
    let classes = QUOTABLE
        .iter()
        .map(|&element| (element, HashSet::from([QUOTE])));
    let mut policy = Builder::empty();
    policy
        .tags(elements().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(own.collect())
        .allowed_classes(classes.collect())
        .url_schemes(HashSet::from([
            "http",
            "https",
            "mailto",
            "tel",
            "attachment",
        ]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_values(HashMap::from([(
            "a",
            HashMap::from([("target", "_blank")]),
        )]))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("a", "href") => link(value).map(Cow::Borrowed),
            ("img", "src") => value
                .starts_with(ATTACHMENT)
                .then_some(Cow::Borrowed(value)),
            _ => Some(Cow::Borrowed(value)),
        });
    policy
});

/// Leaves only what is allowed.
pub(super) fn enforce(html: &str) -> String {
    POLICY.clean(html).to_string()
}
