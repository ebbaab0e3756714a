/** Media types (MIME-2). */

const SPACE = "[\\t\\n\\f\\r ]";
const TRIMMED = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

/**
 * The form in which types are compared: trimmed, in lower case, without parameters, all by the
 * rules of ASCII. Nothing is left of an unknown type.
 * @param {string} text
 */
export function normalized(text) {
  const end = text.indexOf(";");
  const essence = (end < 0 ? text : text.slice(0, end)).replace(TRIMMED, "");
  return essence.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
