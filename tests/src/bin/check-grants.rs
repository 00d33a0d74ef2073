//! Compares what the template allows the functions with what they did in the journeys, which left it in the directory
//! that the first argument names: `make test` runs it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use tributary_journeys::grants::{compare, grants_of, recorded};
use tributary_journeys::world::project;

fn main() -> Result<ExitCode> {
    let directory = std::env::args()
        .nth(1)
        .context("where are the recorded calls?")?;
    let grants = grants_of(&project().join("template.yaml"))?;
    let calls = recorded(Path::new(&directory))?;
    let count: usize = calls.values().map(std::collections::BTreeSet::len).sum();
    let report = compare(&grants, &calls);
    if report.is_good() {
        println!(
            "{count} calls of {} functions: each is allowed, and what no journey needs is named with when it is needed.",
            calls.len()
        );
        return Ok(ExitCode::SUCCESS);
    }
    eprint!("{report}");
    Ok(ExitCode::FAILURE)
}
