BEGIN TRANSACTION;
CREATE TABLE replies (
        session INTEGER NOT NULL,
        turn INTEGER NOT NULL,
        number INTEGER NOT NULL,
        text TEXT NOT NULL,
        stopped TEXT NOT NULL,
        kept INTEGER NOT NULL,
        PRIMARY KEY (session, turn, number),
        FOREIGN KEY (session, turn) REFERENCES turns (session, number) ON DELETE CASCADE
    );
INSERT INTO "replies" VALUES(1,1,1,'cd','length',0);
INSERT INTO "replies" VALUES(1,2,1,'cd','length',0);
INSERT INTO "replies" VALUES(1,3,1,'cd','length',0);
INSERT INTO "replies" VALUES(2,1,1,' ends
','length',0);
INSERT INTO "replies" VALUES(2,2,1,'Ann','length',0);
INSERT INTO "replies" VALUES(2,2,2,'Bob','length',1);
INSERT INTO "replies" VALUES(2,3,1,'cd','length',0);
CREATE TABLE sessions (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        model TEXT NOT NULL,
        digest TEXT NOT NULL,
        live TEXT,
        turn INTEGER,
        branch TEXT,
        made TEXT NOT NULL,
        used TEXT NOT NULL
    );
INSERT INTO "sessions" VALUES(1,'talk','poet','0000000000000000000000000000000000000000000000000000000000000000',NULL,3,NULL,'2024-01-01T00:00:00.000000+00:00','2024-01-01T00:00:02.000000+00:00');
INSERT INTO "sessions" VALUES(2,'winter','poet','1111111111111111111111111111111111111111111111111111111111111111','/runs/last.safetensors',2,'brighter','2024-01-01T00:00:03.000000+00:00','2024-01-01T00:00:07.000000+00:00');
CREATE TABLE states (
        session INTEGER NOT NULL,
        turn INTEGER NOT NULL,
        digest TEXT NOT NULL,
        pending INTEGER NOT NULL,
        arrays BLOB NOT NULL,
        PRIMARY KEY (session, turn, digest),
        FOREIGN KEY (session, turn) REFERENCES turns (session, number) ON DELETE CASCADE
    );
INSERT INTO "states" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000',3,X'0062697473FF');
INSERT INTO "states" VALUES(1,2,'0000000000000000000000000000000000000000000000000000000000000000',3,X'0062697473FF');
INSERT INTO "states" VALUES(1,3,'0000000000000000000000000000000000000000000000000000000000000000',3,X'0062697473FF');
INSERT INTO "states" VALUES(2,1,'1111111111111111111111111111111111111111111111111111111111111111',3,X'62697473');
CREATE TABLE turns (
        session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        parent INTEGER,
        anchor INTEGER,
        branch TEXT NOT NULL,
        made TEXT NOT NULL,
        prompt TEXT NOT NULL,
        seed TEXT NOT NULL,
        model TEXT NOT NULL,
        digest TEXT NOT NULL,
        options TEXT NOT NULL,
        folded TEXT NOT NULL,
        dropped TEXT NOT NULL,
        words TEXT NOT NULL,
        moves INTEGER NOT NULL,
        PRIMARY KEY (session, number),
        FOREIGN KEY (session, parent) REFERENCES turns (session, number),
        FOREIGN KEY (session, anchor) REFERENCES turns (session, number)
    );
INSERT INTO "turns" VALUES(1,1,NULL,1,'main','2024-01-01T00:00:00.000000+00:00','turn 0','7','poet','0000000000000000000000000000000000000000000000000000000000000000','{}','','','[]',1);
INSERT INTO "turns" VALUES(1,2,1,2,'main','2024-01-01T00:00:01.000000+00:00','turn 1','7','poet','0000000000000000000000000000000000000000000000000000000000000000','{}','','','[]',1);
INSERT INTO "turns" VALUES(1,3,2,3,'main','2024-01-01T00:00:02.000000+00:00','turn 2','7','poet','0000000000000000000000000000000000000000000000000000000000000000','{}','','','[]',1);
INSERT INTO "turns" VALUES(2,1,NULL,1,'main','2024-01-01T00:00:03.000000+00:00','Été 🦖
','18446744073709551615','poet','1111111111111111111111111111111111111111111111111111111111111111','{"temperature":0.5,"stop":"\u00e9","top_k":null}','é','🦖','[]',1);
INSERT INTO "turns" VALUES(2,2,1,1,'main','2024-01-01T00:00:04.000000+00:00','','7','poet','0000000000000000000000000000000000000000000000000000000000000000','{}','','','["names","surnames","-n","2"]',0);
INSERT INTO "turns" VALUES(2,3,1,3,'darker','2024-01-01T00:00:06.000000+00:00','what''"%;—','7','other','0000000000000000000000000000000000000000000000000000000000000000','{}','','','[]',1);
CREATE INDEX by_use ON sessions (used);
CREATE INDEX by_parent ON turns (session, parent);
CREATE INDEX by_anchor ON turns (session, anchor);
CREATE INDEX by_branch ON turns (session, branch, number);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('sessions',2);
COMMIT;
PRAGMA user_version = 1;
