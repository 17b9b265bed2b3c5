-- SPDX-License-Identifier: Apache-2.0

-- What came of reading a destination's findings back; null if that was not asked for.
alter table delivery add column verification jsonb;
