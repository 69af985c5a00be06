"""Who is who, who may what, who must not."""
