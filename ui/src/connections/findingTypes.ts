import type { Schemas } from '../api/client';

export const FINDING_TYPES: Record<Schemas['FindingType'], string> = {
  VULNERABILITY: 'Vulnerability',
  HOST_ASSET: 'Host Asset',
};
