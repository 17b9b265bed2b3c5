-- SPDX-License-Identifier: Apache-2.0

-- Since when the history is whole; without a row, since the first run. Written before anything older is deleted.
create table kept_history (
    only_row boolean     primary key default true check (only_row),
    since    timestamptz not null
);
