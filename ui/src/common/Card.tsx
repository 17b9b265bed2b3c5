import { Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a page, under its own heading. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card" style={{ padding: 16 }} aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}
