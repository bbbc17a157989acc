/**
 * Files of torchvision's first ImageNet weights for ResNet-50 (`IMAGENET1K_V1`): torchvision's own file, and timm's copy
 * with the same content.
 */
export const OFFICIAL_WEIGHTS = [
  {
    url: 'https://download.pytorch.org/models/resnet50-0676ba61.pth',
    sizeBytes: 102_530_333,
    sha256: '0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a',
  },
  {
    url: 'https://huggingface.co/timm/resnet50.tv_in1k/resolve/78f3ecfdb38e06d9b8397f662e7ab8fee96026fa/model.safetensors',
    sizeBytes: 102_469_840,
    sha256: '5d061a3c593d795bfe682d9b152bafbcf550579873492def3515b46db1189888',
  },
] as const;
