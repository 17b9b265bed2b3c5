-- What a run's answers from the vendor looked like, and what of it is not as the last complete run had it.

create table run_shape (
    run_id   int   primary key references run on delete cascade,
    shape    jsonb not null,
    warnings jsonb not null  -- kind, stream, field and message of each, in order
);
create index run_shape_warned on run_shape (run_id) where warnings <> '[]';
