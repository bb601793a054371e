"""The grid map: units, posts, competence and ladders, and what may be wrong with them."""
