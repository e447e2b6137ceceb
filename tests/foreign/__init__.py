"""
Schemas that nobody here designed, each with thirty queries, what is true of them, and rows that witness it.

`rental`: the shop of the Sakila and Pagila sample databases; a published design, its SQL written here.
`manual`: the examples of the PostgreSQL manual, from all its chapters; a published design, its SQL written here.
`music`: MusicBrainz, 370 tables in ten schemas; the SQL is installed with the package mbdata (MIT, with the SQL files of
    MusicBrainz, GPL-2.0-or-later), which is read from there and no part of this repository.
`gateway`: the proxy of LiteLLM, 60 tables with quoted names of mixed case; its Prisma migrations are installed with the
    package litellm-proxy-extras (MIT), which is read from there and no part of this repository.

A folder holds `queries/`, in the form that tests/truth explains, and `data.sql`.
"""
