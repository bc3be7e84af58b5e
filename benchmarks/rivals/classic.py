"""The classic recipe in plain torch and timm, beside graft's cold fit of the same photos with the same backbone.

The frozen body sees every photo again in each of 10 epochs; a dense layer of 1024 and a softmax are trained by Adam at
1e-4 in batches of 32. `--flatten` puts the dense layer on the flattened maps. Seconds are whole processes'.
"""

from beside import NETWORK, arguments, beside, tell

EPOCHS, BATCH, RATE, WIDTH = 10, 32, 1e-4, 1024


def train(photos: str, weights: str, flatten: bool) -> float:
    """Train as the recipe says and give the accuracy on the validation photos."""
    import timm
    import torch
    from torch import nn
    from torch.utils.data import DataLoader
    from torchvision.datasets import ImageFolder

    torch.manual_seed(0)
    pool = "" if flatten else "avg"
    body = timm.create_model(
        NETWORK, pretrained=True, pretrained_cfg_overlay={"file": weights}, num_classes=0, global_pool=pool
    )
    body.requires_grad_(False).eval()
    prepare = timm.data.create_transform(**timm.data.resolve_data_config({}, model=body))
    sets = {part: ImageFolder(f"{photos}/{part}", prepare) for part in ("train", "val")}
    loaders = {part: DataLoader(each, BATCH, shuffle=part == "train", num_workers=2) for part, each in sets.items()}
    size = 1280 * 49 if flatten else 1280
    classes = len(sets["train"].classes)
    model = nn.Sequential(body, nn.Flatten(), nn.Linear(size, WIDTH), nn.ReLU(), nn.Linear(WIDTH, classes))
    adam, loss = torch.optim.Adam(model[2:].parameters(), lr=RATE), nn.CrossEntropyLoss()
    for _ in range(EPOCHS):
        for images, targets in loaders["train"]:
            adam.zero_grad()
            loss(model(images), targets).backward()
            adam.step()
    with torch.no_grad():
        right = sum(int((model(images).argmax(1) == targets).sum()) for images, targets in loaders["val"])
    return right / len(sets["val"])


if __name__ == "__main__":
    asked = arguments(__doc__)
    if asked.work:
        tell(train(asked.work[0], asked.work[1], asked.flatten))
    else:
        beside(__file__, asked, "classic recipe, flattened" if asked.flatten else "classic recipe")
