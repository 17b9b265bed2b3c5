-- SPDX-License-Identifier: Apache-2.0

-- A run whose snapshot was lost fetches again and applies anew; what it did the first time must not be counted twice.
alter table run add column fetched_again boolean not null default false;
