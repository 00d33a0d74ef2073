//! Files on their way in, and templates, on the wire.

use serde::Serialize;
use tributary_domain::templates::ApprovedTemplate;
use utoipa::ToSchema;

/// A place for one file.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// By this the message names it.
    pub attachment_id: String,
    /// Where the form is posted to.
    pub url: String,
    /// The form's fields, in their order; the file comes last, as `file`.
    pub fields: Vec<UploadFieldView>,
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// Until when.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// A field of a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadFieldView {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A message that the platform approved beforehand.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateView {
    /// Its name.
    #[schema(example = "order_shipped")]
    pub name: String,
    /// Its language.
    #[schema(example = "en_US")]
    pub language: String,
    /// What the platform counts it as.
    #[schema(example = "UTILITY")]
    pub category: String,
    /// Its text; `{{1}}`, `{{2}}`, … stand for the parameters.
    pub body: String,
    /// What stands below it.
    #[schema(required)]
    pub footer: Option<String>,
    /// How many parameters it has.
    pub parameters: usize,
    /// An example of each, as far as there are any.
    pub examples: Vec<String>,
}

/// The templates of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplatesView {
    /// By name.
    pub templates: Vec<TemplateView>,
}

impl From<ApprovedTemplate> for TemplateView {
    fn from(template: ApprovedTemplate) -> Self {
        let ApprovedTemplate {
            name,
            language,
            category,
            body,
            footer,
            parameters,
            examples,
        } = template;
        Self {
            name,
            language,
            category,
            body,
            footer,
            parameters,
            examples,
        }
    }
}
