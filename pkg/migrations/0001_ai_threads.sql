-- ai_threads: one row per life of a thread; `messages` is UIMessage[], masked.
--
-- Safe on an empty database, on one that has a table ai_threads of an earlier make, and a second time. Run it in one
-- transaction, as the role that will own the table:
--
--   psql --single-transaction --set ON_ERROR_STOP=1 --file 0001_ai_threads.sql "$DATABASE_URL"
--
-- or put it into a migration of your own: the marks between the statements are those of drizzle-kit.
--
-- Each statement looks first whether there is anything to do: where there is nothing, no lock is taken that a reader or
-- a writer of the table would wait for, or that would wait for one.

-- Two servers that start at once migrate one after the other.
SELECT pg_advisory_xact_lock(8357923401);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS ai_threads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_user_id text NOT NULL,
    state_key text NOT NULL,
    messages jsonb NOT NULL DEFAULT '[]',
    metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
--> statement-breakpoint
-- Read by every list, which must not have to unpack the messages. It cannot lie: it is generated. A column of that name
-- that is not gives way; what it said can be counted.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = 'ai_threads'::regclass AND a.attname = 'message_count' AND a.attgenerated = 's'
          AND pg_get_expr(d.adbin, d.adrelid) = 'jsonb_array_length(messages)'
    ) THEN
        ALTER TABLE ai_threads
            DROP COLUMN IF EXISTS message_count,
            ADD COLUMN message_count integer NOT NULL GENERATED ALWAYS AS (jsonb_array_length(messages)) STORED;
    END IF;
END $$;
--> statement-breakpoint
-- {key: [position, count]} of appends that came with an idempotency key; one entry per append at most.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'ai_threads'::regclass AND attname = 'idempotency_keys' AND NOT attisdropped) THEN
        ALTER TABLE ai_threads ADD COLUMN idempotency_keys jsonb NOT NULL DEFAULT '{}';
    END IF;
END $$;
--> statement-breakpoint
-- Each append compresses the array anew: lz4 does that several times faster, where PostgreSQL is built with it.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals))
       AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'ai_threads'::regclass AND attname = 'messages' AND attcompression = 'l') THEN
        ALTER TABLE ai_threads ALTER COLUMN messages SET COMPRESSION lz4;
    END IF;
END $$;
--> statement-breakpoint
-- The title of a thread that is there already: its metadata's, else its first user text; on one line and no longer than
-- a title is. SQL cannot mask: a title is as masked as what it is taken from.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'ai_threads'::regclass AND attname = 'title' AND NOT attisdropped) THEN
        RETURN;
    END IF;
    ALTER TABLE ai_threads ADD COLUMN title text;
    -- Forced row security would hide the rows from their owner, too.
    ALTER TABLE ai_threads NO FORCE ROW LEVEL SECURITY;
    UPDATE ai_threads SET title = (
        SELECT rtrim(left(text, 100))
        FROM (
            SELECT metadata -> 'title' AS value, 0 AS at, 0 AS n WHERE jsonb_typeof(metadata -> 'title') = 'string'
            UNION ALL
            SELECT value, at, n
            FROM jsonb_array_elements(messages) WITH ORDINALITY AS message (body, at),
                 jsonb_path_query(body, '$.parts[*] ? (@.type == "text" && @.text.type() == "string").text') WITH ORDINALITY AS part (value, n)
            WHERE body ->> 'role' = 'user'
        ) AS candidate,
        btrim(regexp_replace(value #>> '{}', '\s+', ' ', 'g')) AS text
        WHERE text <> ''
        ORDER BY at, n LIMIT 1);
END $$;
--> statement-breakpoint
-- Without a setting the policy compares with NULL, after one with the empty text: nobody may be called that.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'ai_threads'::regclass AND conname = 'ai_threads_owner_named') THEN
        ALTER TABLE ai_threads ADD CONSTRAINT ai_threads_owner_named CHECK (owner_user_id <> '');
    END IF;
END $$;
--> statement-breakpoint
-- A unique key that counts deleted rows, too, would keep a deleted thread's key from ever being used again.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT format('%I.%I', n.nspname, c.relname) AS index_name, k.conname AS constraint_name
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'u'
        WHERE i.indrelid = 'ai_threads'::regclass AND i.indisunique AND i.indpred IS NULL
          AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
               WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) = ARRAY['owner_user_id', 'state_key']
    LOOP
        IF old.constraint_name IS NULL THEN
            EXECUTE format('DROP INDEX %s', old.index_name);
        ELSE
            EXECUTE format('ALTER TABLE ai_threads DROP CONSTRAINT %I', old.constraint_name);
        END IF;
    END LOOP;
END $$;
--> statement-breakpoint
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = 'ai_threads'::regclass AND relname = 'ai_threads_live') THEN
        CREATE UNIQUE INDEX ai_threads_live ON ai_threads (owner_user_id, state_key) WHERE deleted_at IS NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = 'ai_threads'::regclass AND relname = 'ai_threads_recency') THEN
        CREATE INDEX ai_threads_recency ON ai_threads (owner_user_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
    END IF;
END $$;
--> statement-breakpoint
-- Policies that permit are added up: beside another one, ours would guard nothing. It is the app that must say what that
-- other one was for, so that this does not take it away.
DO $$
DECLARE
    others text := (SELECT string_agg(quote_ident(polname), ', ' ORDER BY polname) FROM pg_policy
                    WHERE polrelid = 'ai_threads'::regclass AND polpermissive AND polname <> 'ai_threads_owner');
    own text := '(owner_user_id = current_setting(''app.current_user_id''::text, true))';
BEGIN
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'ai_threads has policies that let others see its rows: %', others
            USING HINT = 'Drop them, or make them AS RESTRICTIVE. A role that is to see the rows of all owners is one with BYPASSRLS.';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_policy
        WHERE polrelid = 'ai_threads'::regclass AND polname = 'ai_threads_owner' AND polpermissive AND polcmd = '*' AND polroles = '{0}'
          AND pg_get_expr(polqual, polrelid) = own AND pg_get_expr(polwithcheck, polrelid) = own
    ) THEN
        DROP POLICY IF EXISTS ai_threads_owner ON ai_threads;
        CREATE POLICY ai_threads_owner ON ai_threads
            USING (owner_user_id = current_setting('app.current_user_id', true))
            WITH CHECK (owner_user_id = current_setting('app.current_user_id', true));
    END IF;
END $$;
--> statement-breakpoint
-- FORCE: the policy holds for the owner of the table, too. Only superusers and roles with BYPASSRLS are above it.
DO $$
BEGIN
    IF NOT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = 'ai_threads'::regclass) THEN
        ALTER TABLE ai_threads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    END IF;
END $$;
