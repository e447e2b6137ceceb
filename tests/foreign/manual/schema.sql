-- The examples of the PostgreSQL manual in one database: tables, types, views, rules, functions and triggers that its
-- chapters make to explain inheritance, partitions, enums, domains, composite types, arrays, ranges, JSON, text search,
-- rules, triggers and materialised views. Names and types are facts of that documentation; every line here is written
-- for these tests.

-- Tutorial: weather and cities, the accounts of a bank, salaries by department, cities and capitals.
CREATE TABLE cities (name varchar(80) PRIMARY KEY, location point);
CREATE TABLE weather (city varchar(80) REFERENCES cities (name), temp_lo int, temp_hi int, prcp real, date date);
CREATE VIEW myview AS SELECT name, temp_lo, temp_hi, prcp, date, location FROM weather, cities WHERE city = name;
CREATE TABLE branches (name text PRIMARY KEY, balance numeric NOT NULL);
CREATE TABLE accounts (name text PRIMARY KEY, branch_name text REFERENCES branches, balance numeric NOT NULL);
CREATE TABLE empsalary (depname varchar, empno bigint, salary int, enroll_date date);
CREATE TABLE towns (name text, population real, elevation int NOT NULL);
CREATE TABLE capitals (state char(2) UNIQUE NOT NULL) INHERITS (towns);

-- Data definition: defaults, generated columns, constraints, a view over partitions by month.
CREATE TABLE products (
    product_no integer PRIMARY KEY,
    name text NOT NULL,
    price numeric CHECK (price > 0),
    discounted_price numeric CHECK (discounted_price > 0),
    CONSTRAINT valid_discount CHECK (price > discounted_price)
);
CREATE TABLE orders (order_id integer PRIMARY KEY, shipping_address text, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE order_items (
    product_no integer REFERENCES products ON DELETE RESTRICT,
    order_id integer REFERENCES orders ON DELETE CASCADE,
    quantity integer,
    PRIMARY KEY (product_no, order_id)
);
CREATE TABLE people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text,
    height_cm numeric NOT NULL,
    height_in numeric GENERATED ALWAYS AS (height_cm / 2.54) STORED
);
CREATE TABLE measurement (
    city_id int NOT NULL,
    logdate date NOT NULL,
    peaktemp int,
    unitsales int
) PARTITION BY RANGE (logdate);
CREATE TABLE measurement_y2006m02 PARTITION OF measurement FOR VALUES FROM ('2006-02-01') TO ('2006-03-01');
CREATE TABLE measurement_y2006m03 PARTITION OF measurement FOR VALUES FROM ('2006-03-01') TO ('2006-04-01')
PARTITION BY RANGE (peaktemp);
CREATE TABLE measurement_y2006m03_cold PARTITION OF measurement_y2006m03 FOR VALUES FROM (-100) TO (20);
CREATE TABLE measurement_other PARTITION OF measurement DEFAULT;
CREATE INDEX ON measurement (logdate);

-- Data types: enums, domains, composite types, arrays, ranges, documents, words.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE person (name text, current_mood mood);
CREATE TYPE happiness AS ENUM ('happy', 'very happy', 'ecstatic');
CREATE TABLE holidays (num_weeks integer, happiness happiness);
CREATE DOMAIN posint AS integer CHECK (VALUE > 0);
CREATE DOMAIN us_postal_code AS text NOT NULL CHECK (VALUE ~ '^\d{5}(-\d{4})?$');
CREATE TABLE us_snail_addy (
    address_id serial PRIMARY KEY,
    street1 text NOT NULL,
    street2 text,
    city text NOT NULL,
    postal us_postal_code,
    copies posint
);
CREATE TYPE inventory_item AS (name text, supplier_id integer, price numeric);
CREATE TABLE on_hand (item inventory_item, count integer);
CREATE TABLE sal_emp (name text, pay_by_quarter integer[], schedule text[][]);
CREATE TABLE reservation (room int, during tsrange, EXCLUDE USING gist (during WITH &&));
CREATE TABLE api (jdoc jsonb NOT NULL, source text);
CREATE TABLE pgweb (
    title text,
    body text,
    textsearchable tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, ''))) STORED
);

-- Queries: trees, graphs, parts.
CREATE TABLE tree (id int PRIMARY KEY, link int, data text);
CREATE TABLE parts (part text NOT NULL, sub_part text NOT NULL, quantity integer NOT NULL);
CREATE TABLE tab (y int, z int);
CREATE TABLE nodes (name text, parent text);
CREATE FUNCTION listchildren(text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT name FROM nodes WHERE parent = $1
$$;
CREATE FUNCTION dup(int) RETURNS TABLE (f1 int, f2 text) LANGUAGE sql AS $$ SELECT $1, CAST($1 AS text) || ' is text' $$;
CREATE FUNCTION double_price(inventory_item) RETURNS numeric LANGUAGE sql AS $$ SELECT $1.price * 2 $$;
CREATE FUNCTION next_reading(what text, step int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
    SELECT length(what) + step;
END;

-- Rules: shoes, shoelaces, and views of views of them.
CREATE FUNCTION min(integer, integer) RETURNS integer STRICT LANGUAGE sql AS $$
    SELECT CASE WHEN $1 < $2 THEN $1 ELSE $2 END
$$;
CREATE TABLE unit (un_name text PRIMARY KEY, un_fact real);
CREATE TABLE shoe_data (
    shoename text PRIMARY KEY,
    sh_avail integer,
    slcolor text,
    slminlen real,
    slmaxlen real,
    slunit text
);
CREATE TABLE shoelace_data (
    sl_name text PRIMARY KEY,
    sl_avail integer,
    sl_color text,
    sl_len real,
    sl_unit text
);
CREATE VIEW shoe AS
SELECT
    sh.shoename,
    sh.sh_avail,
    sh.slcolor,
    sh.slminlen,
    sh.slminlen * un.un_fact AS slminlen_cm,
    sh.slmaxlen,
    sh.slmaxlen * un.un_fact AS slmaxlen_cm,
    sh.slunit
FROM shoe_data sh, unit un
WHERE sh.slunit = un.un_name;
CREATE VIEW shoelace AS
SELECT s.sl_name, s.sl_avail, s.sl_color, s.sl_len, s.sl_unit, s.sl_len * u.un_fact AS sl_len_cm
FROM shoelace_data s, unit u
WHERE s.sl_unit = u.un_name;
CREATE VIEW shoe_ready AS
SELECT rsh.shoename, rsh.sh_avail, rsl.sl_name, rsl.sl_avail, min(rsh.sh_avail, rsl.sl_avail) AS total_avail
FROM shoe rsh, shoelace rsl
WHERE rsl.sl_color = rsh.slcolor AND rsl.sl_len_cm >= rsh.slminlen_cm AND rsl.sl_len_cm <= rsh.slmaxlen_cm;
CREATE TABLE shoelace_log (sl_name text, sl_avail integer, log_who text, log_when timestamp);
CREATE RULE log_shoelace AS ON UPDATE TO shoelace_data WHERE new.sl_avail <> old.sl_avail
DO INSERT INTO shoelace_log VALUES (new.sl_name, new.sl_avail, current_user, current_timestamp);
CREATE RULE shoelace_ins AS ON INSERT TO shoelace
DO INSTEAD INSERT INTO shoelace_data VALUES (new.sl_name, new.sl_avail, new.sl_color, new.sl_len, new.sl_unit)
RETURNING
    shoelace_data.*,
    (SELECT shoelace_data.sl_len * u.un_fact FROM unit u WHERE shoelace_data.sl_unit = u.un_name);

-- Triggers: employees stamped and audited.
CREATE TABLE emp (empname text NOT NULL, salary integer, last_date timestamp, last_user text);
CREATE FUNCTION emp_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.salary < 0 THEN
        NEW.salary := NULL;
    END IF;
    NEW.last_date := current_timestamp;
    NEW.last_user := current_user;
    RETURN NEW;
END $$;
CREATE TRIGGER emp_stamp BEFORE INSERT OR UPDATE ON emp FOR EACH ROW EXECUTE FUNCTION emp_stamp();
CREATE TABLE emp_audit (
    operation char(1) NOT NULL,
    stamp timestamp NOT NULL,
    userid text NOT NULL,
    empname text NOT NULL,
    salary integer
);

-- Materialised views: what was sold before today.
CREATE TABLE invoice (
    invoice_no integer PRIMARY KEY,
    seller_no integer,
    invoice_date date,
    invoice_amt numeric(13, 2)
);
CREATE MATERIALIZED VIEW sales_summary AS
SELECT seller_no, invoice_date, sum(invoice_amt)::numeric(13, 2) AS sales_amt
FROM invoice
WHERE invoice_date < CURRENT_DATE
GROUP BY seller_no, invoice_date
WITH NO DATA;

-- Reference pages: films and those who distribute them, in a schema of their own.
CREATE SCHEMA hollywood;
CREATE TABLE hollywood.distributors (did integer PRIMARY KEY CHECK (did > 100), name varchar(40) NOT NULL DEFAULT 'Luso Films');
CREATE TABLE hollywood.films (
    code char(5) CONSTRAINT firstkey PRIMARY KEY,
    title varchar(40) NOT NULL,
    did integer NOT NULL,
    date_prod date,
    kind varchar(10),
    len interval hour to minute
);
CREATE VIEW hollywood.winners AS
SELECT title AS winner, release FROM (SELECT title, date_prod AS release FROM hollywood.films) AS f WHERE release IS NOT NULL;
