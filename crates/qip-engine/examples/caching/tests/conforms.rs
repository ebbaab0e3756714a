//! The whole contract, held by an engine of one's own.

use caching_engine::Caching;
use qip_conformance::assert_conforms;
use qip_host::wasmi::Wasmi;

#[test]
fn conforms() {
    assert_conforms(Caching::new(Wasmi::new()));
}
