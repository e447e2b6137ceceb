-- A foreign table, whose NOT NULL nobody checks. The file is written by the server that reads it.
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE remote (id integer NOT NULL, code text)
    SERVER files OPTIONS (program 'printf "1,a\n,\n"', format 'csv');
CREATE TABLE half_remote (id integer NOT NULL, code text) PARTITION BY LIST (id);
CREATE TABLE half_remote_1 PARTITION OF half_remote FOR VALUES IN (1);
CREATE FOREIGN TABLE half_remote_rest PARTITION OF half_remote DEFAULT
    SERVER files OPTIONS (program 'printf "1,a\n,\n"', format 'csv');
CREATE VIEW v_remote AS SELECT id, code FROM remote;
