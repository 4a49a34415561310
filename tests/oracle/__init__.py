"""An independent, naive second opinion on every revenue figure: it lives in the tests alone and shares no code
with the engine. It is written from the requirements, with loops over lists of dicts, to be read by a person."""
