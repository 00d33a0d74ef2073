//! HTML as tags and text (WHATWG HTML, 13.2.5), without what is never shown.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{StringReader, Token, Tokenizer};

/// Elements whose content is not for reading.
const HIDDEN: [&[u8]; 6] = [
    b"script",
    b"style",
    b"title",
    b"iframe",
    b"noembed",
    b"noscript",
];

/// A piece of HTML.
pub(super) enum Event {
    Open(Element),
    Close(String),
    Text(String),
}

/// A start tag.
pub(super) struct Element {
    pub name: String,
    tag: StartTag<()>,
}

impl Element {
    /// An attribute's value.
    pub fn get(&self, attribute: &str) -> Option<Cow<'_, str>> {
        let value = self.tag.attributes.get(attribute.as_bytes())?;
        Some(String::from_utf8_lossy(value))
    }
}

/// The pieces of some HTML, in their order.
pub(super) struct Events<'a> {
    tokens: Tokenizer<StringReader<'a>, DefaultEmitter<()>>,
    /// The element that hides what follows, until its end.
    hiding: Option<Vec<u8>>,
}

impl<'a> Events<'a> {
    pub fn of(html: &'a str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        Self {
            tokens: Tokenizer::new_with_emitter(html, emitter),
            hiding: None,
        }
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let Ok::<_, Infallible>(token) = self.tokens.next()?;
            match token {
                Token::StartTag(tag) if self.hiding.is_none() => {
                    if HIDDEN.contains(&&tag.name[..]) {
                        self.hiding = Some(tag.name.0);
                        continue;
                    }
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    return Some(Event::Open(Element { name, tag }));
                }
                Token::EndTag(tag) => match &self.hiding {
                    Some(hiding) => {
                        if *hiding == tag.name.0 {
                            self.hiding = None;
                        }
                    }
                    None => {
                        let name = String::from_utf8_lossy(&tag.name).into_owned();
                        return Some(Event::Close(name));
                    }
                },
                Token::String(text) if self.hiding.is_none() => {
                    let text = String::from_utf8_lossy(&text);
                    return Some(Event::Text(text.replace('\0', "")));
                }
                Token::StartTag(_)
                | Token::String(_)
                | Token::Comment(_)
                | Token::Doctype(_)
                | Token::Error(_) => {}
            }
        }
    }
}
