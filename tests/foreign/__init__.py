"""
Schemas that nobody here designed, each with thirty queries, what is true of them, and rows that witness it.

`rental`: the shop of the Sakila and Pagila sample databases; a published design, its SQL written here.
`manual`: the examples of the PostgreSQL manual, from all its chapters; a published design, its SQL written here.
`music`: MusicBrainz, some 480 tables in six schemas with 180 functions and 440 triggers; its SQL comes with the package
    mbdata (MIT; the SQL files in it are those of MusicBrainz, GPL-2.0-or-later). They are read where pip installed
    them, and are no part of this repository.
`gateway`: the proxy of LiteLLM, 90 tables with quoted names of mixed case in 220 Prisma migrations; they come with the
    package litellm-proxy-extras (MIT), are read where pip installed them, and are no part of this repository.

A folder holds `queries/`, in the form that tests/truth explains, and `data.sql`.
"""
