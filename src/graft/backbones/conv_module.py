"""The modules of the small convolutional network of `conv_net`, with gradients."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


class Block(nn.Module):
    """Convolution, batch norm, ReLU, 2x2 max pooling: (B, C, H, W) to (B, width, H // 2, W // 2)."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """Give max-pooled relu(norm(conv(x))); a network of one channel reads the mean of the colours."""
        if self.conv.in_channels == 1 and x.shape[1] > 1:
            x = x.mean(1, keepdim=True)
        return nn.functional.max_pool2d(self.norm(self.conv(x)).relu(), 2)


class End(nn.Module):
    """The last map to (B, D): averaged over its positions, or flattened."""

    def __init__(self, flat: bool) -> None:
        super().__init__()
        self.flat = flat

    def forward(self, x: Tensor) -> Tensor:
        """Give the embedding of a map."""
        return x.flatten(1) if self.flat else x.mean((2, 3))


class ConvNet(nn.Module):
    """The blocks in turn; a configuration says `blocks`, `width`, `channels` (1 or 3) and `pooling` (mean or flat)."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        inward = [int(config["channels"]), *[int(config["width"])] * (config["blocks"] - 1)]
        self.blocks = nn.ModuleList(Block(channels, int(config["width"])) for channels in inward)
        self.end = End(config.get("pooling", "mean") == "flat")

    def pieces(self) -> list[nn.Module]:
        """Give the modules that lead from the normalised image to the embedding when run in turn."""
        return [*self.blocks, self.end]

    def maps(self, x: Tensor) -> list[Tensor]:
        """Give the map after each block of (B, 3, S, S) normalised images."""
        maps = []
        for block in self.blocks:
            x = block(x)
            maps.append(x)
        return maps

    def forward(self, x: Tensor) -> Tensor:
        """Give the (B, D) embeddings of (B, 3, S, S) normalised images."""
        found: Tensor = self.end(self.maps(x)[-1])
        return found
