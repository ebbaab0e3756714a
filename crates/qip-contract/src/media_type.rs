//! Media types (MIME-1, MIME-2).

/// The longest media type that a module may declare, in bytes (MIME-1).
pub const MAX_DECLARED_BYTES: u64 = 255;

/// Brings a media type into the form that types are compared in: trimmed,
/// lower-case, without parameters, all by ASCII rules (MIME-2). `None` is an unknown type.
///
/// ```
/// use qip_contract::normalize_media_type;
///
/// assert_eq!(normalize_media_type(" Text/HTML; charset=utf-8").as_deref(), Some("text/html"));
/// assert_eq!(normalize_media_type(" ; q=1"), None);
/// ```
pub fn normalize_media_type(text: &str) -> Option<String> {
    let essence = text.split(';').next().unwrap_or_default();
    let trimmed = essence.trim_ascii();
    (!trimmed.is_empty()).then(|| trimmed.to_ascii_lowercase())
}
