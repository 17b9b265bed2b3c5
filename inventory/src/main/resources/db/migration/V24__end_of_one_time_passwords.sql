-- SPDX-License-Identifier: Apache-2.0

-- A password that was made by somebody else does not wait for its first use for ever.
alter table person add column password_ends timestamptz;
update person set password_ends = now() + interval '7 days' where must_change_password;
