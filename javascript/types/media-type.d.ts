/** Media types (MIME-2). */
/**
 * The form in which types are compared: trimmed, in lower case, without parameters, all by the
 * rules of ASCII. Nothing is left of an unknown type.
 * @param {string} text
 */
export declare function normalized(text: string): string;
