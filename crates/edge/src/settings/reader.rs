//! Reads environment variables and remembers every one that is missing or malformed.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Reads settings by group. Every fault is remembered, and [`EnvReader::read`] reports them all together.
///
/// ```
/// use tributary_edge::settings::EnvReader;
///
/// let vars = [("BLOBS_BUCKET".to_owned(), "blobs".to_owned())];
/// let bucket = EnvReader::new(vars.clone()).read(|env| env.blobs_bucket());
/// assert_eq!(bucket.as_deref(), Ok("blobs"));
///
/// let error = EnvReader::new(vars).read(|env| (env.blobs_bucket(), env.secrets_prefix())).unwrap_err();
/// assert_eq!(error.to_string(), "settings are not usable: SECRETS_PREFIX is missing, expected a name such as tributary");
/// ```
#[derive(Debug)]
pub struct EnvReader {
    vars: HashMap<String, String>,
    faults: BTreeMap<&'static str, Fault>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    missing: bool,
    expected: &'static str,
}

/// All settings that are missing or malformed, with what is expected. Never their values.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsError(BTreeMap<&'static str, Fault>);

impl EnvReader {
    /// From pairs of name and value.
    pub fn new(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            vars: vars.into_iter().collect(),
            faults: BTreeMap::new(),
        }
    }

    /// From the process's environment. What is not Unicode counts as missing.
    pub fn from_process() -> Self {
        Self::new(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// Builds the caller's settings from the groups it needs. A faulty variable reads as a blank, which is why what
    /// was built leaves this function only when there was no fault.
    ///
    /// # Errors
    /// [`SettingsError`] with every missing or malformed variable among those read.
    pub fn read<T>(mut self, build: impl FnOnce(&mut Self) -> T) -> Result<T, SettingsError> {
        let built = build(&mut self);
        if self.faults.is_empty() {
            Ok(built)
        } else {
            Err(SettingsError(self.faults))
        }
    }

    /// A variable that must be set. `parse` answers `None` for a malformed value.
    pub(super) fn required<T: Default>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let parsed = self.vars.get(name).map(|value| parse(value));
        self.settle(name, expected, parsed)
    }

    /// A variable that may be absent or empty.
    pub(super) fn optional<T: Default>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        default: T,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let given = self.vars.get(name).filter(|value| !value.is_empty());
        let parsed = given.map_or(Some(default), |value| parse(value));
        self.settle(name, expected, Some(parsed))
    }

    /// Whether a variable is set, to nothing.
    pub(super) fn is_empty(&self, name: &str) -> bool {
        self.vars.get(name).is_some_and(String::is_empty)
    }

    fn settle<T: Default>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        parsed: Option<Option<T>>,
    ) -> T {
        let missing = parsed.is_none();
        parsed.flatten().unwrap_or_else(|| {
            self.faults.insert(name, Fault { missing, expected });
            T::default()
        })
    }
}

/// `main` shows an error it returns by its Debug form.
impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings are not usable: ")?;
        for (index, (name, fault)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            let fault_is = if fault.missing {
                "missing"
            } else {
                "malformed"
            };
            write!(
                f,
                "{separator}{name} is {fault_is}, expected {}",
                fault.expected
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}
