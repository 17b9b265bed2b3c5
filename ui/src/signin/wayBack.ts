/** Where to go after signing in: only a path of the console's own, since a link must not lead on to another host. */
export function wayBack(to: string | undefined): string {
  return to?.startsWith('/') && !to.startsWith('//') ? to : '/';
}
