import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type NativeLink = ComponentPropsWithRef<'a'>;

/** A link to another page of the console, as text. */
export const TextLink = createLink((props: AnchorProps & Omit<NativeLink, keyof AnchorProps>) => (
  <Anchor size="sm" {...props} />
));

/** A link to another page of the console, as a button. */
export const ButtonLink = createLink((props: ButtonProps & Omit<NativeLink, keyof ButtonProps>) => (
  <Button component="a" {...props} />
));
