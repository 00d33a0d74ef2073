//! Messages that WhatsApp approved beforehand: which there are, and what one says with its parameters.

use serde::{Deserialize, Serialize};

use crate::channel::{AccountId, Channel};
use crate::ports::{Blobs, PortError, Template};

/// Longest parameter in characters: a body has 1024 (Cloud API, template components).
const MAX_PARAMETER_CHARS: usize = 1024;

/// An approved template whose body is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedTemplate {
    /// Its name.
    pub name: String,
    /// Its language: `en_US`.
    pub language: String,
    /// `UTILITY`, `MARKETING`, …
    pub category: String,
    /// Its text, with `{{1}}`, `{{2}}`, … for the parameters.
    pub body: String,
    /// What stands below it.
    pub footer: Option<String>,
    /// How many parameters it has.
    pub parameters: usize,
    /// What WhatsApp was given as an example of each.
    pub examples: Vec<String>,
}

/// Why a template cannot be sent, to follow the name of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// There is none of that name and language.
    Unknown,
    /// It has another number of parameters.
    Count(usize),
    /// This parameter breaks a rule.
    Parameter(usize, &'static str),
}

impl ApprovedTemplate {
    /// What it says with these parameters.
    #[must_use]
    pub fn text(&self, parameters: &[String]) -> String {
        let mut text = self.body.clone();
        // From the last, so that what a parameter says is no placeholder.
        for (index, parameter) in parameters.iter().enumerate().rev() {
            text = text.replace(&format!("{{{{{}}}}}", index + 1), parameter);
        }
        match &self.footer {
            Some(footer) => format!("{text}\n\n{footer}"),
            None => text,
        }
    }
}

fn key(account: &AccountId) -> String {
    format!("templates/whatsapp/{}.json", account.as_str())
}

/// Keeps the templates of an account.
///
/// # Errors
/// [`PortError`] when the store does not answer.
pub async fn keep_templates(
    blobs: &impl Blobs,
    account: &AccountId,
    templates: &[ApprovedTemplate],
) -> Result<(), PortError> {
    let text = serde_json::to_vec(templates)
        .map_err(|_| PortError::Corrupt("templates cannot be written as JSON".to_owned()))?;
    blobs.put(&key(account), "application/json", text).await
}

/// The templates of an account, as they were last looked up; none on other channels.
///
/// # Errors
/// [`PortError`] when the store does not answer.
pub async fn templates_of(
    blobs: &impl Blobs,
    channel: Channel,
    account: &AccountId,
) -> Result<Vec<ApprovedTemplate>, PortError> {
    match channel {
        Channel::WhatsApp => {}
        Channel::Facebook
        | Channel::Instagram
        | Channel::Twitter
        | Channel::Email
        | Channel::WebChat => return Ok(Vec::new()),
    }
    let kept = blobs.get(&key(account)).await?;
    let read = |text: Vec<u8>| {
        serde_json::from_slice(&text)
            .map_err(|_| PortError::Corrupt("the templates of an account".to_owned()))
    };
    kept.map_or(Ok(Vec::new()), read)
}

/// What a template says, if it is one of these and its parameters fit.
///
/// # Errors
/// [`Unfit`].
pub fn filled(templates: &[ApprovedTemplate], wanted: &Template) -> Result<String, Unfit> {
    let Template {
        name,
        language,
        parameters,
    } = wanted;
    let is_it = |t: &&ApprovedTemplate| t.name == *name && t.language == *language;
    let template = templates.iter().find(is_it).ok_or(Unfit::Unknown)?;
    if template.parameters != parameters.len() {
        return Err(Unfit::Count(template.parameters));
    }
    for (index, parameter) in parameters.iter().enumerate() {
        let unfit = |why| Err(Unfit::Parameter(index, why));
        if parameter.trim().is_empty() {
            return unfit("must not be blank");
        }
        if parameter.chars().count() > MAX_PARAMETER_CHARS {
            return unfit("may have at most 1024 characters");
        }
        // Cloud API, "Template messages": error 132018.
        if parameter.contains(['\n', '\t']) || parameter.contains("    ") {
            return unfit("must have no line break, no tab and no four blanks in a row");
        }
    }
    Ok(template.text(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryBlobs;

    fn shipped() -> ApprovedTemplate {
        ApprovedTemplate {
            name: "shipped".to_owned(),
            language: "en_US".to_owned(),
            category: "UTILITY".to_owned(),
            body: "Hello {{1}}, order {{2}} is on its way.".to_owned(),
            footer: Some("Your shop".to_owned()),
            parameters: 2,
            examples: Vec::new(),
        }
    }

    fn wanted(name: &str, parameters: &[&str]) -> Template {
        Template {
            name: name.to_owned(),
            language: "en_US".to_owned(),
            parameters: parameters.iter().map(|p| (*p).to_owned()).collect(),
        }
    }

    #[test]
    fn a_template_says_what_its_parameters_make_it_say() {
        let text = filled(&[shipped()], &wanted("shipped", &["Ann {{2}}", "4711"]));
        let expected = "Hello Ann {{2}}, order 4711 is on its way.\n\nYour shop";
        assert_eq!(text.as_deref(), Ok(expected));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let of = |name, parameters: &[&str]| filled(&[shipped()], &wanted(name, parameters));
        assert_eq!(of("other", &[]), Err(Unfit::Unknown));
        assert_eq!(of("shipped", &["Ann"]), Err(Unfit::Count(2)));
        for bad in ["", " ", "a\nb", "a\tb", "a    b", &"x".repeat(1025)] {
            assert!(matches!(
                of("shipped", &["Ann", bad]),
                Err(Unfit::Parameter(1, _))
            ));
        }
    }

    #[tokio::test]
    async fn templates_are_kept_by_account_and_only_whatsapp_has_some() {
        let blobs = MemoryBlobs::default();
        let account = AccountId::parse("300001").expect("an account");
        let all = vec![shipped()];
        keep_templates(&blobs, &account, &all).await.expect("kept");
        let of = async |channel| templates_of(&blobs, channel, &account).await.expect("read");
        assert_eq!(of(Channel::WhatsApp).await, all);
        assert_eq!(of(Channel::Facebook).await, []);
    }
}
