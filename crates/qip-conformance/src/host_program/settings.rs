//! How long a host program is waited for, and where its stderr goes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::watchdog::GRACE;

/// Takes a line of a host program's stderr: its name before it, without a line break,
/// with nothing in it that a terminal acts on. It is called from several threads.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// How long a host program is waited for, and where its stderr goes. The default is what
/// the protocol says, and stderr goes nowhere.
#[derive(Clone)]
pub struct HostSettings {
    /// The time to answer hello.
    pub hello_time: Duration,
    /// The time for each request beyond its limit (RUN-6).
    pub grace: Duration,
    /// The time to end once stdin has ended; then the program is ended.
    pub time_to_leave: Duration,
    /// Where the lines of stderr go.
    pub log: Log,
}

impl Default for HostSettings {
    fn default() -> HostSettings {
        HostSettings {
            hello_time: Duration::from_secs(10),
            grace: GRACE,
            time_to_leave: Duration::from_secs(10),
            log: Arc::new(|_| ()),
        }
    }
}

impl fmt::Debug for HostSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HostSettings {
            hello_time,
            grace,
            time_to_leave,
            log: _,
        } = self;
        f.debug_struct("HostSettings")
            .field("hello_time", hello_time)
            .field("grace", grace)
            .field("time_to_leave", time_to_leave)
            .finish_non_exhaustive()
    }
}
