/** Where to go after signing in: only a path of the console's own, since a link must not lead on to another host. */
export function wayBack(to: string | undefined): string {
  // A browser takes "/\" for "//", and leaves out a tab between two slashes.
  return to && /^\/(?![/\\\s])/.test(to) ? to : '/';
}
