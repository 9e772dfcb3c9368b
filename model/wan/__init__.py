"""The Wan2.1 machine: the paper's own recipe on diffusers' image-to-video parts."""
