CREATE TABLE visits (path text NOT NULL, at timestamptz NOT NULL DEFAULT now());
