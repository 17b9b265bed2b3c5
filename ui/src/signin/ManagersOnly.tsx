import { useQuery } from '@tanstack/react-query';
import { cloneElement, type ReactElement } from 'react';
import { me } from './queries';

export const ONLY_MANAGERS = 'Only a Manager may do this';

/** Whether the viewer may change anything. The server decides; this spares them the refusal. */
export function useMayChange(): boolean {
  return useQuery(me()).data?.role === 'MANAGER';
}

/** A button, or what is like one, that is disabled with the reason for whoever may not use it. */
export function ManagersOnly({ children }: { children: ReactElement<{ disabled?: boolean; title?: string }> }) {
  return useMayChange() ? children : cloneElement(children, { disabled: true, title: ONLY_MANAGERS });
}
