//! Keeps the engine's table of stream records fast. The engine never removes a record and has no index over
//! them, yet looks for the highest sequence number at each write to a table with a stream: every write would
//! read all records there ever were.
use std::path::Path;

use rusqlite::Connection;

/// DynamoDB keeps stream records for 24 hours; so does this, counted at each start.
const TRIM: &str =
    "DELETE FROM _stream_records WHERE created_at < CAST(strftime('%s', 'now') AS INTEGER) - 86400";

/// Serves the engine's lookups of the last record, and of the records after one, from the index alone.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS tributary_stream_records
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// Called once the engine has made its tables and before it serves its first request.
pub(super) fn keep_fast(database: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(database)?;
    connection.execute_batch(INDEX)?;
    connection.execute(TRIM, [])?;
    Ok(())
}
