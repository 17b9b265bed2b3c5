/** Keeps the titles of tinted alerts in the colour of text: the tint's own is too pale to read. */
export const READABLE = { title: { color: 'var(--mantine-color-text)' } };
