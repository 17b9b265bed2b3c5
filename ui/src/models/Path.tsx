import { Fragment } from 'react';

/** A field's path or name, which breaks between its words if there is not room for all. */
export function Path({ path }: { path: string }) {
  return path.split(/(?<=[._\]])|(?<=[a-z0-9])(?=[A-Z])/).map((word, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the words of one path never change places
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {word}
    </Fragment>
  ));
}
