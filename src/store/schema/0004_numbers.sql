-- Numbers of grids given by hand: kept when the draft is published.

ALTER TABLE grids ADD COLUMN is_numbered INTEGER NOT NULL DEFAULT 0;
