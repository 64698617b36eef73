from app import views


class Model:
    def save(self) -> None:
        """é before"""
        views.render(self)


class User(Model):
    def save(self) -> None:
        super().save()
